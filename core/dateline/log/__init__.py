"""The append-only log: tables, append, read, hashing, and what SQLite needs."""
