"""Doubts: what an editor should look at twice before relying on a fact. Pure functions of facts."""
