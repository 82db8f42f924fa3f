"""Erasure: keys, bodies, documents and rows destroyed, in an order that a crash cannot spoil."""
