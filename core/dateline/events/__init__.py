"""Events: their payloads and envelope, the rules that they must obey, and the fold of a story.

Nothing here reads a clock, a file or a database.

* Payloads of the core's event types, by family: ``story``, ``source``, ``entity``, ``fact`` (the six
  kinds of facts) and ``editorial`` (what editors do to facts). ``registry.CORE`` lists the types.
* ``envelope``: an event as the log holds it. ``registry``: from a stored shape to the newest payload.
* ``state`` and ``fold``: a story as it is after its events. ``status`` and ``corrections``: what
  editorial events make of a fact. ``tombstones``: what was erased.
* ``rules``: what is refused. ``completion``: what an author may leave out.

To add an event type, see "How to add" in CONTRIBUTING.md. A plugin offers its own types with the
hook ``dateline_event_types``.
"""
