"""The databases that hold a log: one interface, SQLite and PostgreSQL."""
