"""A whole archive from one database to another: the same rows, checked on the way and at the end."""
