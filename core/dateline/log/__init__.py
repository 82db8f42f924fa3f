"""The append-only log: tables, append, read, hashing, and one backend for each database."""
