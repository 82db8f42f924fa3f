"""Copying a whole archive to another database: the same rows, checked on the way and at the end."""
