"""Segments: the log's events in Parquet files, for other programs and for workers without a database.

A folder of segments holds whole stories up to a position of the log. It is a copy, like any export. The
room needs ``dateline[segments]``, which it imports when a folder is read or written.
"""
