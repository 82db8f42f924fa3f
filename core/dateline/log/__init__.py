"""The append-only log: ``append`` writes it, ``read`` decodes it, ``walk`` checks it row by row.

``hashing``, ``tree`` and ``stored_tree`` are the Merkle tree, ``content`` is how an event's body is
stored, ``schema`` makes the tables, and ``databases`` has what SQLite and PostgreSQL do differently.
"""
