"""Proof: signed checkpoints of the log, verification of an archive, and bundles for strangers."""
