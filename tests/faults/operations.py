"""The operations to kill: everything a newsroom does that writes, and a check of its result."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.erasure import scene
from tests.faults.child import Acknowledge
from tests.faults.invariants import PLUGINS, opened
from tests.log import later

from dateline import Archive
from dateline.cli.outcome import run as command
from dateline.cli.root import root
from dateline.errors import SchemaOutdated
from dateline.log import schema
from dateline.log.databases.wal import empty_wal
from dateline.log.engine import reading
from dateline.proof import keys
from dateline.proof.verifier import check_signature, read_checkpoint
from dateline.testing import samples

KEPT = Path(__file__).parents[1] / "fixtures" / "archive-0008"
_APPENDS = 4


@dataclass(frozen=True)
class Operation:
    """An operation in a folder.

    `work` does it and acknowledges each unit. `there` checks every invariant and counts the complete
    units; it raises AssertionError for a partial one. `units` is their number at the end, however
    often the operation is repeated.
    """

    name: str
    prepare: Callable[[Path], None]
    work: Callable[[Path, Acknowledge], int]
    there: Callable[[Path], int]
    units: int = 1


def cli(folder: Path, *words: str) -> int:
    return command(root, ["--db", str(folder / "a.db"), *words])


def _words(*words: str) -> Callable[[Path, Acknowledge], int]:
    """One command, acknowledged when it ends. A word in braces is a file of the folder."""

    def work(folder: Path, acknowledge: Acknowledge) -> int:
        given = [str(folder / word[1:-1]) if word.startswith("{") else word for word in words]
        code = cli(folder, *given)
        if code == 0:
            acknowledge("done")
        return code

    return work


# -- preparation ----------------------------------------------------------------------


def nothing(folder: Path) -> None:
    pass


def filled(folder: Path) -> None:
    """Two stories, one with a protected witness, views at the head, and a signing key."""
    with Archive.create(folder / "a.db", PLUGINS) as archive:
        scene.fill(archive)
        archive.catch_up()
        keys.create(folder / "a.key", archive.id)


def behind(folder: Path) -> None:
    """The same, with views that lack the last events."""
    filled(folder)
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        archive.record([samples.figure(text="Late")], story="ferry")


def with_lines(folder: Path) -> None:
    filled(folder)
    lines = samples.story(samples.retracted("f1"), slug="taken")
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "in.ndjson").write_text(text, "utf-8")


def with_report(folder: Path) -> None:
    filled(folder)
    (folder / "report.txt").write_text("FICTION. The tug Berta came at dusk.\n", "utf-8")


def old(folder: Path) -> None:
    packed = KEPT.with_suffix(".db.gz").read_bytes()
    (folder / "a.db").write_bytes(gzip.decompress(packed))
    later.write(folder / "alembic")


def _upgrade(folder: Path, acknowledge: Acknowledge) -> int:
    with later.known(folder / "alembic"):
        return _words("upgrade")(folder, acknowledge)


# -- results ------------------------------------------------------------------


def _init_there(folder: Path) -> int:
    if not (folder / "a.db").exists():
        return 0
    with opened(folder / "a.db") as archive:
        assert archive.head().position == 0
    return 1


def _imported(folder: Path) -> int:
    with opened(folder / "a.db") as archive:
        slugs = [story.slug for story in archive.stories()]
        found = len(list(archive.events("taken"))) if "taken" in slugs else 0
    assert found in (0, 8), "half an import"
    return found // 8


def _append(folder: Path, acknowledge: Acknowledge) -> int:
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        for number in range(_APPENDS):
            archive.record([samples.figure(text=f"Append {number}")], story="ferry")
            acknowledge(str(number))
    return 0


def _appended(folder: Path) -> int:
    with opened(folder / "a.db") as archive:
        texts = [getattr(event.data, "text", "") for event in archive.events("ferry")]
    return sum(text.startswith("Append ") for text in texts)


def _captured(folder: Path) -> int:
    source = samples.digest((folder / "report.txt").read_text("utf-8"))
    with opened(folder / "a.db") as archive:
        taken = [e for e in archive.events() if getattr(e.data, "source", None) == source]
        assert (archive.document(source) is not None) >= bool(taken)
    return len(taken)


def _catch_up(folder: Path, acknowledge: Acknowledge) -> int:
    with Archive.open(folder / "a.db", PLUGINS) as archive:
        archive.catch_up()
    acknowledge("done")
    return 0


def _caught_up(folder: Path) -> int:
    with opened(folder / "a.db") as archive:
        head = archive.head().position
        builds = archive.builds()
    assert {build.state for build in builds} == {"live"}
    return int(all(build.position == head for build in builds))


def _rebuilt(folder: Path) -> int:
    with opened(folder / "a.db") as archive:
        live = [build for build in archive.builds() if build.state == "live"]
    assert sorted(build.name for build in live) == sorted(PLUGINS.views)
    return int(all(build.generation > 1 for build in live))


def _erased(folder: Path) -> int:
    with opened(folder / "a.db") as archive:
        recorded = sum(event.type == "content.erased" for event in archive.events())
        assert len(archive._journal.erasures()) == recorded
        assert all(erasure.step == "done" for erasure in archive._journal.erasures())
        empty_wal(archive._engine, 10)
    if recorded:
        assert scene.found(folder) == [] and scene.found(folder, scene.WITNESS) == []
    return recorded


def _checkpointed(folder: Path) -> int:
    with opened(folder / "a.db", signing=folder / "a.key") as archive:
        key = keys.load(folder / "a.key", archive.id)
        signed = archive.last_checkpoint()
        if not (folder / "note.txt").exists():
            return 0
        note = read_checkpoint((folder / "note.txt").read_text("utf-8"))
        check_signature(note, key.vkey)
        assert signed is not None and signed.note == note.note
    return 1


def _upgraded(folder: Path) -> int:
    was = json.loads(KEPT.with_suffix(".json").read_text("utf-8"))
    with later.known(folder / "alembic"):
        try:
            schema.connect(folder / "a.db").dispose()
        except SchemaOutdated as outdated:
            assert outdated.code == "schema-outdated" and KEPT.name[-4:] in str(outdated)
            return 0
        with opened(folder / "a.db") as archive:
            assert archive.head().root.hex() == was["root"]
            assert archive.head().position == was["position"]
    return 1


def _exported(folder: Path) -> int:
    made = folder / "out.ndjson"
    if not made.exists():
        return 0
    with opened(folder / "a.db") as archive, archive.material() as material:
        assert made.read_text("utf-8") == "".join(PLUGINS.exporter("ndjson").export(material))
    return 1


def _keyed(folder: Path) -> int:
    if not (folder / "b.key").exists():
        return 0
    with opened(folder / "a.db") as archive:
        keys.load(folder / "b.key", archive.id)
    return 1


OPERATIONS = (
    Operation("init", nothing, _words("init"), _init_there),
    Operation("import", with_lines, _words("import", "{in.ndjson}"), _imported),
    Operation("append", filled, _append, _appended, _APPENDS),
    Operation(
        "capture",
        with_report,
        _words("capture", "{report.txt}", "--story", "ferry", "--publisher", samples.WIRE,
               "--title", "Dusk", "--published", "2024-05-06"),
        _captured,
    ),
    Operation("catch-up", behind, _catch_up, _caught_up),
    Operation("rebuild", filled, _words("rebuild", "--all"), _rebuilt),
    Operation(
        "erase",
        filled,
        _words("erase", scene.WITNESS, "--reason", scene.REASON, "--basis", scene.BASIS, "--yes"),
        _erased,
    ),
    Operation(
        "checkpoint", filled, _words("checkpoint", "--key", "{a.key}", "-o", "{note.txt}"),
        _checkpointed,
    ),
    Operation("upgrade", old, _upgrade, _upgraded),
    Operation("export", filled, _words("export", "--all", "-o", "{out.ndjson}"), _exported),
    Operation("key new", filled, _words("key", "new", "--key", "{b.key}"), _keyed),
)  # fmt: skip


class Grounds:
    """The folder that each operation starts from, made once and copied for every run."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, dict[str, Path]()

    def copy(self, operation: Operation, to: Path) -> Path:
        name = operation.prepare.__name__
        if name not in self._made:
            made = self._made[name] = self._folder / f"ground-{name}"
            made.mkdir()
            operation.prepare(made)
        return Path(shutil.copytree(self._made[name], to))


def schema_of(db: Path) -> str:
    engine = schema.open_engine(db)
    try:
        with reading(engine) as connection:
            query = "SELECT version_num FROM alembic_version"
            return str(connection.exec_driver_sql(query).scalar_one())
    finally:
        engine.dispose()
