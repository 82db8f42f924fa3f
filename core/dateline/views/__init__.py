"""Read models: tables of rows that are folds of the log.

A view has numbered generations, each a table of its own and a row in the table ``views``. Readers see
the generation without a build target (``generation.Build.serves``), so a view is never half rebuilt:

* ``rebuild`` makes the next generation beside the live one. ``bulk`` folds story by story and commits
  the rows of each step together with the last story done; a killed rebuild continues from there.
* ``swap`` folds what was recorded meanwhile and then, in one transaction, writes the last rows, retires
  the old generation and makes the new one live. It waits for no reader, and loses no event: if others
  keep recording, the rest is folded by the next read.
* ``catching_up`` folds new events into the live generation. ``runner`` writes rows and position in one
  transaction. ``store`` and ``stored_rows`` are the tables.

``projection`` is what a plugin's view is, ``rows`` the buffer that a fold writes, ``asof`` the views of
a past moment.
"""
