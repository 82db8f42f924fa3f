"""``dateline demo``: a fictional flood in three dispatches, and the views of it.

The story is in ``story/``: the dispatches as text, and the facts in them as NDJSON. Everything in
it is invented.
"""
