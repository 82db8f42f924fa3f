"""Captured documents: their bytes, the charset that decodes them, and where they are stored."""
