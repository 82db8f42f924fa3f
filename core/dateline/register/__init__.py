"""The entities of all stories of an archive: one list, and what all stories know of one of them.

An id means the same entity in every story. Entities that some story merged are one here.
"""
