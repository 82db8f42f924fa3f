"""Erasure of keys, bodies, documents and rows, in an order that survives a crash."""
