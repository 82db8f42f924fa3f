"""Recording: lines are read, completed, checked against every rule, and appended, all or none.

The way of a line, from a file to the log:

1. ``Archive.import_file`` opens the file; ``plugins.converting`` chooses the importer of its format
   (``dateline_ndjson`` by default), which turns the bytes into ``line.Line``.
2. ``recorder.Recorder.record`` opens a snapshot of the log, and ``batch.accept`` makes two passes over
   the lines: a line may refer to what a later one brings.
3. First pass, ``item.LineReader``: the line's envelope, story, document and payload become an `Item`.
4. ``key_policy.KeyPolicy`` sets the item's encryption key and event id. Lines without protected content
   have no key; for the others ``erasure.batch_keys`` decides.
5. Second pass, ``check.Check.take``: skip what is in the log already, complete what the author left
   out (``events.completion``), run every rule (``events.rules``), then make a `NewEvent`. A single
   finding, which is an error with its line and rule, refuses the batch.
6. ``log.append.Appender`` takes the append lock, gives each event its position and hashes, encrypts
   what has a key, and inserts the rows. If another writer was first, all starts again at step 2.

A line's ``fields`` are the JSON object as written. ``data`` are those of its event type, typed as a
`Payload`. The stored ``body`` is the data with who recorded it; log and proofs call a body with its
salt the ``content``.
"""
