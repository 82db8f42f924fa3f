"""Erasure: what is erased together (survey), the plan, the journal, the steps, and the purge.

Also which keys database is the archive's own (pairing), and the keys that lines are recorded under."""
