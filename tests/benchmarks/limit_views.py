"""The limit of a replay of all eight views, with nothing but sqlite3 and msgspec.

It reads the log story by story, folds each story to its end, and writes the rows of every view. It is
not an archive: it cannot resume, keeps no generations, knows only the types of the workloads, and
trusts every value. Its rows are equal to Dateline's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from limit import KINDS, Span, Times, connect
from limit import span as cited
from measure import Clock

from dateline.events.clock import to_iso
from dateline.events.edtf import Edtf, parse
from dateline.events.parts import Quantity
from dateline.events.words import chain_words, quantity_words

#: About how many events a step folds and a transaction writes.
STEP = 5000
#: The columns of each view's table.
TABLES = {
    "timeline": """
        story TEXT NOT NULL, fact TEXT NOT NULL, item BIGINT NOT NULL, status TEXT NOT NULL,
        source TEXT NOT NULL, position BIGINT NOT NULL, method TEXT NOT NULL, kind TEXT NOT NULL, "when" TEXT NOT
        NULL, edtf TEXT, earliest TEXT, latest TEXT, undated BOOLEAN NOT NULL, text TEXT NOT
        NULL, chain TEXT NOT NULL, agent_ids TEXT NOT NULL, places TEXT NOT NULL, place_ids
        TEXT NOT NULL, start BIGINT, "end" BIGINT, exact
        TEXT
    """,
    "statements": """
        story TEXT NOT NULL, fact TEXT NOT NULL, item BIGINT NOT NULL, status TEXT NOT NULL,
        source TEXT NOT NULL, position BIGINT NOT NULL, method TEXT NOT NULL, speaker TEXT NOT NULL, speaker_ids
        TEXT NOT NULL, addressees TEXT NOT NULL, addressee_ids TEXT NOT NULL, act TEXT NOT NULL, mode TEXT NOT NULL, "when" TEXT NOT NULL, text
        TEXT NOT NULL, quote TEXT, chain TEXT NOT NULL, chain_words TEXT NOT NULL, agent_ids
        TEXT NOT NULL, relays TEXT NOT NULL, relay_ids TEXT NOT NULL, channel TEXT, condition TEXT, framing TEXT, said TEXT, earliest TEXT,
        latest TEXT, undated BOOLEAN NOT NULL, start BIGINT, "end" BIGINT, exact TEXT
    """,
    "figures": """
        story TEXT NOT NULL, fact TEXT NOT NULL, item BIGINT NOT NULL, status TEXT NOT NULL,
        source TEXT NOT NULL, position BIGINT NOT NULL, method TEXT NOT NULL, measure TEXT NOT NULL, words TEXT
        NOT NULL, unit TEXT, value FLOAT, "of" FLOAT, lower FLOAT, upper FLOAT,
        lower_inclusive BOOLEAN, upper_inclusive BOOLEAN, ordinal BIGINT, approximate
        BOOLEAN NOT NULL, verbatim TEXT NOT NULL, kind TEXT NOT NULL, cumulative BOOLEAN,
        "when" TEXT NOT NULL, as_of TEXT, earliest TEXT, latest TEXT, chain TEXT NOT NULL,
        agent_ids TEXT NOT NULL,
        text TEXT NOT NULL, start BIGINT, "end" BIGINT
    """,
    "people": """
        story TEXT NOT NULL, "key" TEXT NOT NULL, person TEXT NOT NULL, label TEXT NOT NULL,
        names TEXT NOT NULL, role TEXT, organization TEXT, organization_id TEXT,
        appointed_by TEXT, appointed_by_id TEXT, "when" TEXT,
        edtf TEXT, earliest TEXT, latest TEXT, fact TEXT, source TEXT, said BIGINT NOT NULL,
        statements TEXT NOT NULL
    """,
    "places": """
        story TEXT NOT NULL, fact TEXT NOT NULL, item BIGINT NOT NULL, status TEXT NOT NULL,
        source TEXT NOT NULL, position BIGINT NOT NULL, method TEXT NOT NULL, place TEXT NOT NULL, label TEXT NOT
        NULL, role TEXT NOT NULL, part_of TEXT, part_of_id TEXT, lat FLOAT, lon FLOAT, precision TEXT, kind
        TEXT NOT NULL, "when" TEXT NOT NULL, edtf TEXT, earliest TEXT, latest TEXT, undated
        BOOLEAN NOT NULL, text TEXT NOT NULL, chain TEXT NOT NULL, agent_ids TEXT NOT NULL
    """,
    "sources": """
        story TEXT NOT NULL, "key" TEXT NOT NULL, document TEXT NOT NULL, source TEXT NOT
        NULL, title TEXT, publisher TEXT NOT NULL, publisher_id TEXT NOT NULL,
        published TEXT, "when" TEXT, earliest
        TEXT, media_type TEXT NOT NULL, language TEXT, url TEXT, byline TEXT NOT NULL,
        byline_ids TEXT NOT NULL, credits TEXT NOT NULL, credit_ids TEXT NOT NULL, versions BIGINT NOT NULL, captures TEXT NOT NULL, facts
        BIGINT NOT NULL, chars BIGINT, covered BIGINT NOT NULL, coverage FLOAT,
        withdrawn TEXT, captured BIGINT NOT NULL, id TEXT NOT NULL, called TEXT NOT NULL
    """,
    "disputes": """
        story TEXT NOT NULL, "key" TEXT NOT NULL, fact TEXT NOT NULL, number BIGINT NOT
        NULL, text TEXT NOT NULL, chain TEXT NOT NULL, agent_ids TEXT NOT NULL, how TEXT
        NOT NULL, "by" TEXT, by_id TEXT, by_fact TEXT, ground TEXT, by_chain TEXT, by_agent_ids TEXT, note TEXT, position BIGINT NOT NULL
    """,
    "changes": """
        story TEXT NOT NULL, "key" TEXT NOT NULL, position BIGINT NOT NULL, item BIGINT NOT
        NULL, event_id TEXT NOT NULL, recorded_at TEXT NOT NULL, reported_at TEXT, what TEXT
        NOT NULL, about TEXT NOT NULL, path TEXT, was TEXT, now TEXT, who TEXT, who_id TEXT, why TEXT
    """,
}
VIEWS = tuple(TABLES)
#: How every event of the workloads was recorded.
METHOD = "imported"
_FACTS = {"timeline", "statements", "figures", "places"}
Row = tuple[Any, ...]
_IDS = ("person:", "org:", "place:", "group:")


class _Step(msgspec.Struct, gc=False):
    agent: str
    role: str
    inferred: bool = False


class _Place(msgspec.Struct, gc=False):
    place: str
    role: str


class _Channel(msgspec.Struct, gc=False):
    medium: str | None = None
    platform: str | None = None


class _Data(msgspec.Struct, gc=False):
    """The fields that rows of facts show, of every kind."""

    fact: str
    text: str
    source: str
    evidence: list[Span]
    times: Times = msgspec.field(default_factory=Times)
    quantities: list[Quantity] = []
    attribution: list[_Step] = []
    places: list[_Place] = []
    cumulative: bool | None = None
    as_of: str | None = None
    speakers: list[str] = []
    addressees: list[str] = []
    act: str = "say"
    mode: str = "indirect"
    quote: str | None = None
    channel: _Channel | None = None
    condition: str | None = None
    framing: str | None = None
    person: str | None = None
    title: str | None = None
    organization: str | None = None
    appointed_by: str | None = None


class _Entity(msgspec.Struct, gc=False):
    entity: str
    kind: str
    label: str
    names: list[str] = []
    part_of: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: str | None = None


class _Credit(msgspec.Struct, gc=False):
    agent: str
    role: str


class _Source(msgspec.Struct, gc=False):
    source: str
    publisher: str
    media_type: str = "text/plain"
    title: str | None = None
    byline: list[str] = []
    credits: list[_Credit] = []
    published: str | None = None
    url: str | None = None
    language: str | None = None
    chars: int | None = None
    derived_from: str | None = None


class _Change(msgspec.Struct, gc=False):
    path: str
    was: Any = None
    now: Any = None


class _Notice(msgspec.Struct, gc=False):
    """An editorial event."""

    fact: str = ""
    source: str = ""
    title: str = ""
    changes: list[_Change] = []
    evidence: list[Span] = []
    kind: str = "correction"
    verdict: str = ""
    reviewer: str | None = None
    by: str | None = None
    reason: str | None = None
    ground: str | None = None
    note: str | None = None
    from_: str = msgspec.field(default="", name="from")
    to: str = ""
    relation: str = ""


class _By(msgspec.Struct, gc=False):
    agent: str | None = None


def _decoder(kind: type) -> Any:
    shape = msgspec.defstruct(
        "Body", [("data", kind), ("recorded_by", _By, msgspec.field(default_factory=_By))], gc=False
    )
    return msgspec.json.Decoder(shape).decode


_fact, _entity, _source, _notice = map(_decoder, (_Data, _Entity, _Source, _Notice))
HIDDEN = ("retracted", "rejected")
SELECT = (
    "SELECT position, event_id, story, version, type, recorded_us, reported_us, body FROM events"
    " WHERE (story, version) > (?, ?) ORDER BY story, version LIMIT ?"
)


class _Fact:
    """A fact of a story, and what was done to it."""

    __slots__ = ("body", "data", "disputes", "kind", "kinds", "position", "retracted", "status",
                 "verdict", "version", "when")  # fmt: skip

    def __init__(self, kind: str, data: _Data, body: bytes, position: int, version: int) -> None:
        self.kind, self.data, self.body = kind, data, body
        self.position, self.version = position, version
        self.kinds: set[str] = set()
        self.verdict, self.retracted = "", False
        self.disputes: list[tuple[int, _Notice]] = []
        self.status = "recorded"
        self.when: Edtf | None = None


class _Story:
    """One story, folded to its end."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.facts: dict[str, _Fact] = {}
        self.entities: dict[str, _Entity] = {}
        self.sources: dict[str, tuple[_Source, int]] = {}
        self.withdrawn: dict[str, str | None] = {}
        self.links: list[tuple[int, _Notice]] = []
        self.changes: list[Row] = []

    def fold(self, events: Iterable[Row]) -> None:
        for position, event_id, _, version, type_, recorded, reported, body in events:
            kind = KINDS.get(type_)
            if kind is not None:
                data = _fact(body).data
                self.facts[data.fact] = _Fact(kind, data, body, position, version)
            elif type_ == "entity.introduced":
                data = _entity(body).data
                self.entities[data.entity] = data
            elif type_ == "source.captured":
                data = _source(body).data
                known = self.sources.get(data.source)
                self.sources[data.source] = (data, version if known is None else known[1])
            elif type_ != "story.opened":
                self._notice(position, event_id, type_, recorded, reported, _notice(body))

    def _notice(
        self, position: int, key: bytes, type_: str, recorded: int, reported: int | None, body: Any
    ) -> None:
        notice, agent = body.data, body.recorded_by.agent
        changed: list[Row] = []
        fact = self.facts.get(notice.fact)
        if type_ == "facts.linked":
            self.links.append((position, notice))
        elif type_ == "fact.corrected":
            assert fact is not None
            _correct(fact, notice.changes)
            fact.kinds.add(notice.kind)
            changed = [
                (
                    notice.kind,
                    notice.fact,
                    c.path,
                    _json(c.was),
                    _json(c.now),
                    notice.by,
                    notice.reason,
                )
                for c in notice.changes
            ]
        elif type_ == "fact.retracted":
            assert fact is not None
            fact.retracted = True
            changed = [("retraction", notice.fact, None, None, None, notice.by, notice.reason)]
        elif type_ == "fact.reviewed":
            assert fact is not None
            fact.verdict = notice.verdict
            changed = [
                (notice.verdict, notice.fact, None, None, None, notice.reviewer, notice.reason)
            ]
        elif type_ == "fact.disputed":
            assert fact is not None
            fact.disputes.append((position, notice))
            changed = [("dispute", notice.fact, None, None, None, notice.by, notice.ground)]
        elif type_ == "evidence.added":
            assert fact is not None
            fact.data.evidence += notice.evidence
            changed = [
                ("evidence", notice.fact, None, None, _json(item.exact), None, notice.note)
                for item in notice.evidence
            ]
        elif type_ == "source.withdrawn":
            self.withdrawn[notice.source] = notice.reason
            changed = [("withdrawal", notice.source, None, None, None, None, notice.reason)]
        elif type_ == "story.retitled":
            title = _json(notice.title)
            changed = [("retitling", self.slug, "/title", None, title, None, notice.reason)]
        elif type_ == "story.closed":
            changed = [("closing", self.slug, None, None, None, None, notice.reason)]
        for item, (what, about, path, was, now, who, why) in enumerate(changed, 1):
            self.changes.append(
                (
                    self.slug, f"{position}/{item}", position, item, str(UUID(bytes=key)),
                    to_iso(recorded), None if reported is None else to_iso(reported), what, about,
                    path, was, now, (self.label(who) if who else None) or agent, _ids([who or ""]) or None,
                    why,
                )
            )  # fmt: skip

    def label(self, entity: str) -> str:
        known = self.entities.get(entity)
        return entity if known is None else known.label

    def finish(self) -> None:
        """Work out the status and the date of each fact."""
        facts = self.facts.values()
        for fact in facts:
            times = fact.data.times
            time = (
                times.said or times.valid if fact.kind == "statement" else times.valid or times.said
            )
            fact.when = None if time is None else parse(time.edtf)
            if fact.retracted:
                fact.status = "retracted"
            elif fact.verdict == "rejected":
                fact.status = "rejected"
        disputed = {
            link.to
            for _, link in self.links
            if link.relation == "disputes"
            and not (link.from_ in self.facts and self.facts[link.from_].status in HIDDEN)
        }
        for name, fact in self.facts.items():
            if fact.status != "recorded":
                continue
            if fact.data.source in self.withdrawn:
                fact.status = "withdrawn"
            elif fact.disputes or name in disputed:
                fact.status = "disputed"
            elif fact.kinds & {"correction", "clarification"}:
                fact.status = "corrected"
            elif "update" in fact.kinds:
                fact.status = "updated"


def _correct(fact: _Fact, changes: Sequence[_Change]) -> None:
    whole = json.loads(fact.body)
    for change in changes:
        at = whole["data"]
        *way, last = [p.replace("~1", "/").replace("~0", "~") for p in change.path.split("/")[1:]]
        for name in way:
            at = at[int(name) if isinstance(at, list) else name]
        at[int(last) if isinstance(at, list) else last] = change.now
    fact.body = json.dumps(whole).encode()
    added = fact.data.evidence
    fact.data = _fact(fact.body).data
    fact.data.evidence += added[len(fact.data.evidence) :]


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _rows(  # noqa: C901 - one loop is fastest
    story: _Story, tables: dict[str, list[Row]], since: int = 0
) -> None:
    """Add the rows of a story; with `since`, of facts only those recorded after that position."""
    slug, label, entities = story.slug, story.label, story.entities
    timeline, statements, figures, places = (
        tables[view].append if view in tables else None
        for view in ("timeline", "statements", "figures", "places")
    )
    said: dict[str, list[str]] = {}
    roles: dict[str, list[_Fact]] = {}
    named: set[str] = {e.entity for e in entities.values() if e.kind == "person"}
    drawn: dict[str, list[_Data]] = {}
    for name, fact in story.facts.items():
        data, kind, status, position = fact.data, fact.kind, fact.status, fact.position
        source, when, text = data.source, fact.when, data.text
        hidden, new = status in HIDDEN, position > since
        span = cited(data.evidence, "")
        chain = " › ".join([label(step.agent) for step in data.attribution])
        agents = " ".join([step.agent for step in data.attribution])
        if when is None:
            words, edtf, earliest, latest = "undated", None, None, None
        else:
            words, edtf, earliest, latest = when.words, when.text, when.earliest, when.latest
        at = (None, None, None) if span is None else (span.start, span.end, span.exact)
        if timeline and new:
            timeline(
            (
                slug, name, 1, status, source, position, METHOD, kind, words, edtf, earliest, latest,
                when is None, text, chain, agents, ", ".join([label(p.place) for p in data.places]),
                " ".join([p.place for p in data.places]), *at,
            )
        )  # fmt: skip
        if statements and new and kind == "statement":
            channel = data.channel
            medium = [channel.medium, channel.platform] if channel is not None else []
            relays = [s.agent for s in data.attribution if s.role == "relay"]
            statements(
                (
                    slug, name, 1, status, source, position, METHOD, ", ".join(map(label, data.speakers)),
                    " ".join(data.speakers), ", ".join(map(label, data.addressees)),
                    " ".join(data.addressees), data.act, data.mode, words, text,
                    data.quote, chain, chain_words(data.attribution, label), agents,
                    ", ".join(map(label, relays)), " ".join(relays),
                    ", ".join(filter(None, medium)) or None, data.condition, data.framing, edtf,
                    earliest, latest, when is None, *at,
                )
            )  # fmt: skip
        for item, q in enumerate(data.quantities if figures and new else (), 1):
            place = cited(data.evidence, q.verbatim)
            figures(
                (
                    slug, name, item, status, source, position, METHOD, q.measure, quantity_words(q),
                    q.unit, q.value, q.of, q.lower, q.upper, q.lower_inclusive, q.upper_inclusive,
                    q.ordinal, q.approximate, q.verbatim, kind, data.cumulative, words, data.as_of,
                    earliest, latest, chain, agents, text, None if place is None else place.start,
                    None if place is None else place.end,
                )
            )  # fmt: skip
        for item, p in enumerate(data.places if places and new else (), 1):
            entity = entities.get(p.place)
            inside = None if entity is None or entity.part_of is None else label(entity.part_of)
            where = (None,) * 3 if entity is None else (entity.lat, entity.lon, entity.precision)
            places(
                (
                    slug, name, item, status, source, position, METHOD, p.place, label(p.place), p.role,
                    inside, None if entity is None else entity.part_of, *where, kind, words, edtf, earliest, latest, when is None, text, chain,
                    agents,
                )
            )  # fmt: skip
        if kind == "role":
            person = data.person or ""
            named.add(person)
            if not hidden:
                roles.setdefault(person, []).append(fact)
        elif kind == "statement":
            for speaker in dict.fromkeys(data.speakers):
                if speaker.startswith("person:"):
                    named.add(speaker)
                    if not hidden:
                        said.setdefault(speaker, []).append(name)
        if not hidden:
            drawn.setdefault(source, []).append(data)
    if "people" in tables:
        _people(story, tables["people"], named, roles, said)
    if "sources" in tables:
        _sources(story, tables["sources"], drawn)
    if "disputes" in tables:
        _disputes(story, tables["disputes"])
    if "changes" in tables:
        tables["changes"] += story.changes


def _people(
    story: _Story, rows: list[Row], named: set[str], roles: dict[str, list[_Fact]],
    said: dict[str, list[str]],
) -> None:  # fmt: skip
    for person in named:
        entity, spoken = story.entities.get(person), said.get(person, ())
        names = "" if entity is None else ", ".join(entity.names)
        facts = [(fact, f"{person}#{fact.data.fact}") for fact in roles.get(person, ())]
        for fact, key in facts or [(None, person)]:
            shown: Row = (None,) * 11
            if fact is not None:
                data, when = fact.data, fact.when
                shown = (
                    data.title, data.organization and story.label(data.organization),
                    data.organization, data.appointed_by and story.label(data.appointed_by),
                    data.appointed_by,
                    *((None,) * 4 if when is None else (when.words, when.text, when.earliest, when.latest)),
                    data.fact, data.source,
                )  # fmt: skip
            rows.append(
                (
                    story.slug,
                    key,
                    person,
                    story.label(person),
                    names,
                    *shown,
                    len(spoken),
                    ", ".join(spoken),
                )
            )


def _sources(story: _Story, rows: list[Row], drawn: dict[str, list[_Data]]) -> None:
    """Each source of these stories is a document of its own."""
    label = story.label
    for name, (source, captured) in story.sources.items():
        when = None if source.published is None else parse(source.published)
        from_ = drawn.get(name, ())
        covered = _covered(from_)
        rows.append(
            (
                story.slug, name, name, name, source.title, label(source.publisher),
                source.publisher, source.published,
                None if when is None else when.words, None if when is None else when.earliest,
                source.media_type, source.language, source.url, ", ".join(map(label, source.byline)),
                _ids(source.byline), ", ".join(f"{label(c.agent)} ({c.role})" for c in source.credits),
                _ids([c.agent for c in source.credits]), 1, name,
                len(from_), source.chars, covered,
                round(100 * covered / source.chars, 1) if source.chars else None,
                story.withdrawn.get(name), captured,
                name.removeprefix("sha256:")[:12], source.title or "untitled",
            )
        )  # fmt: skip


def _ids(names: Iterable[str]) -> str:
    return " ".join([one for one in names if one.startswith(_IDS)])


def _covered(drawn: Iterable[_Data]) -> int:
    spans = sorted(
        (item.start, item.end)
        for data in drawn
        for item in data.evidence
        if item.start is not None and item.end is not None
    )
    covered = reached = 0
    for start, end in spans:
        if end > reached:
            covered += end - max(start, reached)
            reached = end
    return covered


def _disputes(story: _Story, rows: list[Row]) -> None:
    label = story.label
    for name, fact in story.facts.items():
        if fact.disputes and fact.status not in HIDDEN:
            chain = " › ".join([label(step.agent) for step in fact.data.attribution])
            agents = " ".join([step.agent for step in fact.data.attribution])
            for position, notice in fact.disputes:
                by = notice.by and label(notice.by)
                rows.append(
                    (
                        story.slug, str(position), name, fact.position, fact.data.text, chain,
                        agents, "disputed", by or None, _ids([notice.by or ""]) or None, None,
                        notice.ground, None, None, None, position,
                    )
                )  # fmt: skip
    for position, link in story.links:
        left, right = story.facts.get(link.from_), story.facts.get(link.to)
        if link.relation not in ("disputes", "contradicts") or left is None or right is None:
            continue
        if left.status in HIDDEN or right.status in HIDDEN:
            continue
        chains = [" › ".join([label(s.agent) for s in f.data.attribution]) for f in (left, right)]
        agents = [" ".join([s.agent for s in f.data.attribution]) for f in (left, right)]
        first = left.data.attribution[0].agent if left.data.attribution else None
        rows.append(
            (
                story.slug, str(position), link.to, right.position, right.data.text, chains[1],
                agents[1], link.relation, first and label(first), first, link.from_,
                left.data.text, chains[0], agents[0], link.note, position,
            )
        )  # fmt: skip


def replay(db: Path, views: Sequence[str] = VIEWS) -> dict[str, Any]:
    clock, connection = Clock(), connect(db)
    with clock:
        count = _replay(connection, views)
    result = clock.result(count)
    connection.close()
    return result


def _replay(connection: sqlite3.Connection, views: Sequence[str]) -> int:
    run, many = connection.execute, connection.executemany
    run("CREATE TABLE limit_position (story BLOB NOT NULL)")
    run("INSERT INTO limit_position VALUES (x'')")
    inserts = {}
    for view in views:
        run(f"CREATE TABLE limit_{view} ({TABLES[view]})")
        inserts[view] = _insert(view)
    slugs = dict(run("SELECT story, slug FROM stories"))
    story, version, done = b"", 2**62, 0
    rest: list[Row] = []
    while True:
        page = run(SELECT, (story, version, STEP)).fetchall()
        last = len(page) < STEP
        if page:
            story, version = page[-1][2], page[-1][3]
        events = rest + page
        whole = len(events) if last else start_of_last(events)
        events, rest = events[:whole], events[whole:]
        tables = fold(events, slugs, views)
        done += len(events)
        run("BEGIN IMMEDIATE")
        for view in views:
            many(inserts[view], tables[view])
        run("UPDATE limit_position SET story = ?", (story,))
        run("COMMIT")
        if last:
            break
    for view in views:
        keys = key_of(view)
        run(f"CREATE UNIQUE INDEX limit_{view}_key ON limit_{view} ({keys})")
    return done


def catch_up_one(db: Path, events: int) -> dict[str, Any]:
    """Catch all views up with one new fact, `events` times: the story's log is folded again, and the rows
    of the fact, its people and its source are written with the position, in one transaction."""
    # Here, because a replay would pay for them whenever the garbage collector scans all objects.
    import mixed
    from ours import append_pairs

    from dateline.log import schema

    clock, connection, engine = Clock(), connect(db), schema.connect(db)
    count = _replay(connection, VIEWS)
    connection.execute("CREATE TABLE limit_head (position BIGINT NOT NULL)")
    connection.execute("INSERT INTO limit_head VALUES (?)", (count,))
    for pair in mixed.later(engine, events):
        append_pairs(engine, [pair])
        with clock:
            _catch_up(connection)
    result = clock.result(events)
    connection.close()
    engine.dispose()
    return result


_NEW = "SELECT DISTINCT story FROM events WHERE position > ?"
_OF_STORY = (
    "SELECT position, event_id, story, version, type, recorded_us, reported_us, body FROM events"
    " WHERE story = ? ORDER BY version"
)


def _catch_up(connection: sqlite3.Connection) -> None:
    run, many = connection.execute, connection.executemany
    run("BEGIN")
    [(after,)] = run("SELECT position FROM limit_head")
    [(head,)] = run("SELECT position FROM log_head")
    tables: dict[str, list[Row]] = {view: [] for view in VIEWS}
    people, sources = [], []
    for (key,) in run(_NEW, (after,)).fetchall():
        [(slug,)] = run("SELECT slug FROM stories WHERE story = ?", (key,))
        story = _Story(slug)
        story.fold(run(_OF_STORY, (key,)).fetchall())
        story.finish()
        rows: dict[str, list[Row]] = {view: [] for view in VIEWS}
        _rows(story, rows, after)
        new = [fact.data for fact in story.facts.values() if fact.position > after]
        who = {*(data.person for data in new), *(name for data in new for name in data.speakers)}
        from_ = {data.source for data in new}
        rows["people"] = [row for row in rows["people"] if row[2] in who]
        rows["sources"] = [row for row in rows["sources"] if row[2] in from_]
        rows["disputes"], rows["changes"] = [], []
        people += [(slug, name) for name in who if name]
        sources += [(slug, name) for name in from_]
        for view in VIEWS:
            tables[view] += rows[view]
    run("COMMIT")
    run("BEGIN IMMEDIATE")
    many("DELETE FROM limit_people WHERE story = ? AND person = ?", people)
    many("DELETE FROM limit_sources WHERE story = ? AND key = ?", sources)
    for view, made in tables.items():
        if made:
            many(_insert(view), made)
    run("UPDATE limit_head SET position = ? WHERE position = ?", (head, after))
    run("COMMIT")


def _insert(view: str) -> str:
    return f"INSERT INTO limit_{view} VALUES ({', '.join('?' * (TABLES[view].count(',') + 1))})"


def fold(
    events: Sequence[Row], slugs: dict[bytes, str], views: Sequence[str]
) -> dict[str, list[Row]]:
    """The rows of each view, of whole stories."""
    tables: dict[str, list[Row]] = {view: [] for view in views}
    for stream in _by_story(events):
        one = _Story(slugs[stream[0][2]])
        one.fold(stream)
        one.finish()
        _rows(one, tables)
    return tables


def key_of(view: str) -> str:
    return "story, fact, item" if view in _FACTS else "story, key"


def start_of_last(events: list[Row]) -> int:
    story, at = events[-1][2], len(events)
    while at and events[at - 1][2] == story:
        at -= 1
    return at


def _by_story(events: Sequence[Row]) -> Iterable[Sequence[Row]]:
    start = 0
    for at in range(1, len(events) + 1):
        if at == len(events) or events[at][2] != events[start][2]:
            yield events[start:at]
            start = at
