"""``dateline demo``: two bundled stories, to see what the views show.

Each story is a folder in ``story/``: its documents as text, and the facts in them as NDJSON.
``velm-flood`` is invented; ``kherson-retold`` retells a news report.
"""
