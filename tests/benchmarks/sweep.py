"""Measures every command, view and exporter with growing input, and marks what grows faster.

    python tests/benchmarks/sweep.py [--facts 100,1000,10000] [--stories 100,1000] [--only WORD]

Measures one story with many facts, few people and few sources, and many stories with few facts. Each
run is a separate process on a copy of the archive. Seconds are CPU time, minus the time of the same
command in an archive of a few facts; the growth factor follows. A factor above LIMIT is marked.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dateline.testing import samples
from dateline.testing.samples import Fields

#: The allowed growth for ten times the input.
LIMIT = 12.0
#: How many facts each of many stories has, and the archive that measures start-up.
FEW = 6
#: Below these seconds a growth is noise.
NOISE = 0.1
#: A command that takes less is measured RUNS times: start-up alone varies by a third.
SHORT, RUNS = 1.0, 4
VIEWS = (
    "timeline", "statements", "figures", "people", "places", "sources", "disputes", "changes",
    "series", "support",
)  # fmt: skip
EXPORTERS = ("csv", "json", "ndjson", "markdown", "html")
DATELINE = str(Path(sys.executable).with_name("dateline"))
SPEAKERS = ("person:ann-marlow", "person:ben-tarn")


class Run(NamedTuple):
    """One command line. ``{db}`` is the file of the archive."""

    name: str
    arguments: Sequence[str]
    given: str = ""
    completes: bool = False


def lines(slug: str, facts: int) -> Iterator[Fields]:
    """A story of so many facts by two people in two sources. A tenth of them is corrected, and there are
    disputes, links, retractions, reviews and a total that is updated."""
    yield samples.opened(slug, f"Fictional: {slug}")
    for name in (samples.WIRE, samples.NORA, *SPEAKERS, "place:port-ister"):
        yield samples.entity(name, name.partition(":")[2])
    texts = [[f"Of {slug}, count {number} is {number + 7}." for number in range(at, facts, 2)]
             for at in (0, 1)]  # fmt: skip
    whole = ["FICTION.\n" + "\n".join(each) for each in texts]
    for at, text in enumerate(whole):
        yield samples.captured(text, title=f"Report {at}")
    places = [len("FICTION.\n")] * 2
    for number in range(facts):
        exact, source = texts[number % 2][number // 2], number % 2
        start = places[source]
        places[source] += len(exact) + 1
        common: Fields = {
            "fact": f"f{number + 1}",
            "source": samples.digest(whole[source]),
            "times": {"valid": {"edtf": f"2024-03-{number % 28 + 1:02}"}},
            "evidence": [
                {"role": "content", "exact": exact, "start": start, "end": start + len(exact)}
            ],
        }
        yield _fact(number, exact, common)
    every = range(1, facts + 1)
    for number in every[::10]:
        yield samples.corrected(f"f{number}", "/note", None, f"Seen again, {number}", kind="update")
    for number in every[: facts // 20]:
        was = None if number == 1 else f"Day {number - 1}"
        yield samples.corrected("f2", "/note", was, f"Day {number}", kind="update")
    for number in every[4::20]:
        relation = ("disputes", "explains", "contradicts")[number % 3]
        other = f"f{3 if number % 2 else number - 1}"
        yield {"type": "facts.linked", "from": f"f{number}", "to": other, "relation": relation}
    for number in every[5::50]:
        by = SPEAKERS[number % 2]
        yield {"type": "fact.disputed", "fact": f"f{number}", "by": by, "ground": "It was not so"}
    for number in every[6::50]:
        yield samples.retracted(f"f{number}")
    for number in every[7::50]:
        verdict = ("accepted", "rejected")[number % 2]
        yield {
            "type": "fact.reviewed",
            "fact": f"f{number}",
            "verdict": verdict,
            "reviewer": "desk",
        }


def _fact(number: int, exact: str, common: Fields) -> Fields:
    value = number + 7
    quantity = {"measure": "things", "value": value, "verbatim": str(value)}
    if number % 5 in (0, 3):
        return samples.fact("statement", exact, **common, speakers=[SPEAKERS[number % 2]])
    if number % 5 == 1:
        return samples.fact("figure", exact, **common, quantities=[quantity])
    if number == 2:
        return samples.fact("role", exact, **common, person=SPEAKERS[0], title="harbour master")
    there = [{"place": "place:port-ister", "role": "location"}]
    return samples.fact("occurrence", exact, **common, action="count", places=there)


def runs(story: str, folder: Path, facts: int) -> Iterator[Run]:
    """The command lines to measure in an archive whose `story` has so many facts."""
    source = folder / "new.txt"
    source.write_text("FICTION. A new report, in which nothing is counted.")
    of = ("--publisher", samples.WIRE, "--published", "2024-05-07")
    new = samples.fact("assessment", "FICTION.", source=_first_source(story, facts))
    yield Run("record", ("record", story), given=json.dumps(new))
    yield Run("correct", ("correct", story, "f1", "--set", "note=x", "--reason", "Recount"))
    yield Run("retract", ("retract", story, "f1", "--reason", "No"))
    yield Run("dispute", ("dispute", story, "f1", "--ground", "No"))
    yield Run("review", ("review", story, "f1", "rejected", "--reviewer", "desk"))
    yield Run("link", ("link", story, "f1", "explains", "f2"))
    yield Run("evidence", ("evidence", story, "f1", "--exact", "FICTION."))
    yield Run("withdraw", ("withdraw", story, _first_source(story, facts), "--reason", "No"))
    yield Run("capture", ("capture", str(source), "--story", story, *of))
    yield Run("retitle", ("retitle", story, "Fictional: another"))
    yield Run("close", ("close", story))
    yield Run("stories", ("stories",))
    yield Run("show", ("show", story))
    for view in VIEWS:
        yield Run(f"show {view}", ("show", story, view))
    yield Run("show -f table", ("show", story, "timeline", "-f", "table"))
    yield Run("show -f json", ("show", story, "timeline", "-f", "json"))
    yield Run("show FACT", ("show", story, "f2"))
    yield Run("show PERSON", ("show", story, SPEAKERS[0]))
    yield Run("show --as-of", ("show", story, "people", "--as-of", "2024-12-31"))
    yield Run("show --as-recorded", ("show", story, "sources", "--as-recorded", "@99999999"))
    yield Run("log STORY", ("log", story))
    yield Run("log", ("log",))
    yield Run("log -f table", ("log", "-f", "table"))
    yield Run("diff", ("diff", story, "2024-01-01", "2024-12-31"))
    yield Run("diff --recorded", ("diff", story, "1", "@99999999", "--recorded"))
    for name in EXPORTERS:
        yield Run(f"export {name}", ("export", story, "-f", name))
        yield Run(f"export --all {name}", ("export", "--all", "-f", name, "-o", "{out}/all"))
    yield Run("export --as-of", ("export", story, "-f", "html", "--as-of", "2024-12-31"))
    yield Run("rebuild --all", ("rebuild", "--all"))
    yield Run("rebuild --verify", ("rebuild", "--verify"))
    yield Run("rebuild --undo", ("rebuild", "--all", "--undo"))
    yield Run("prune", ("prune",))
    yield Run("status", ("status",))
    yield Run("follow", ("follow", "--from", "0", "-n", str(facts)))
    yield Run("backup", ("backup", "{out}/saved.db"))
    yield Run("copy", ("copy", "{db}", "{out}/copy.db"))
    yield Run("checkpoint", ("checkpoint",))
    yield Run("verify", ("verify",))
    yield Run("verify --deep", ("verify", "--deep"))
    yield Run("prove STORY", ("prove", story))
    yield Run("prove FACT", ("prove", story, "f2"))
    yield Run("erase --dry-run", ("erase", "9", "--dry-run"))
    why = ("--reason", "Asked for", "--basis", "consent withdrawn", "--yes")
    yield Run("erase", ("erase", "9", *why))
    yield Run("complete facts", ("show", story, "f1"), completes=True)
    yield Run("complete stories", ("show", story[:2]), completes=True)


def _first_source(story: str, facts: int) -> str:
    found = (line for line in lines(story, facts) if line["type"] == "source.captured")
    return str(next(found)["source"])


class Sweep:
    """Measures command lines in archives of several sizes."""

    def __init__(self, folder: Path, only: str) -> None:
        self.folder, self.only = folder, only
        self.environment = {
            **os.environ, "XDG_CONFIG_HOME": str(folder / "config"), "COLUMNS": "100",
            "DATELINE_AGENT": "sweep",
        }  # fmt: skip
        os.makedirs(folder / "config")
        self.seconds: dict[str, list[float | None]] = {}

    def measure(self, stories: int, facts: int) -> None:
        """Run every command line in an archive of so many stories of so many facts."""
        base = self.folder / f"{stories}-{facts}.db"
        imported = self.folder / f"{base.stem}.ndjson"
        with open(imported, "w", encoding="utf-8") as file:
            for number in range(stories):
                file.writelines(json.dumps(line) + "\n" for line in lines(f"story-{number}", facts))
        self._run(base, Run("init", ("init",)))
        self._run(base, Run("key", ("key", "new")))
        self._note("import", self._run(base, Run("import", ("import", str(imported)))))
        self._note("first look", self._run(base, Run("", ("show", "story-0", "timeline"))))
        self._run(base, Run("", ("export", "story-0", "-f", "json")))
        self._run(base, Run("", ("rebuild", "--all")))
        again = self._copy(base)
        self._note("import again", self._run(again, Run("", ("import", str(imported)))))
        for run in runs(f"story-{stories // 2}", self.folder, facts):
            if self.only in run.name:
                self._note(run.name, self._least(base, run))

    def _least(self, base: Path, run: Run) -> float | None:
        """The CPU seconds of one command; of a short one, the least of several runs."""
        found = [self._run(self._copy(base), run)]
        while found[0] is not None and found[0] < SHORT and len(found) < RUNS:
            found.append(self._run(self._copy(base), run))
        return min((seconds for seconds in found if seconds is not None), default=None)

    def _note(self, name: str, seconds: float | None) -> None:
        self.seconds.setdefault(name, []).append(seconds)
        print(f"  {name} {seconds}", file=sys.stderr, flush=True)

    def _copy(self, base: Path) -> Path:
        for old in self.folder.glob("run*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        copy = self.folder / "run.db"
        shutil.copyfile(base, copy)
        (self.folder / "run-out").mkdir()
        return copy

    def _run(self, db: Path, run: Run) -> float | None:
        """The CPU seconds of one command; None where it failed."""
        names = {"{db}": str(db), "{out}": str(self.folder / "run-out")}
        arguments = [_filled(argument, names) for argument in run.arguments]
        command = [DATELINE, "--db", str(db), *arguments]
        environment = self.environment
        if run.completes:
            words = " ".join(("dateline", "--db", str(db), *arguments))
            environment = environment | {
                "_DATELINE_COMPLETE": "bash_complete", "COMP_WORDS": words,
                "COMP_CWORD": str(2 + len(arguments)),
            }  # fmt: skip
            command = [DATELINE]
        with open(self.folder / "errors", "w+b") as errors:
            child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors,
                env=environment,
            )  # fmt: skip
            assert child.stdin is not None
            child.stdin.write(run.given.encode())
            child.stdin.close()
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode not in (0, 3):
                errors.seek(0)
                print(f"{run.name}: {errors.read().decode()[-400:]}", file=sys.stderr)
                return None
        return round(used.ru_utime + used.ru_stime, 3)

    def rows(self, sizes: Sequence[int]) -> Iterator[list[str]]:
        """A line for each command; the first size measures start-up."""
        yield ["command", "start-up", *_heads(sizes[1:])]
        for name, (start, *found) in self.seconds.items():
            own = [None if s is None or start is None else max(0.0, s - start) for s in found]
            line, before = [name, _shown(start)], None
            for at, seconds in enumerate(own):
                line.append(_shown(seconds))
                if at:
                    line.append(_growth(before, seconds))
                before = seconds
            yield line


def _heads(sizes: Sequence[int]) -> Iterator[str]:
    for at, size in enumerate(sizes):
        yield f"{size:,}"
        if at:
            yield f"x{size / sizes[at - 1]:g}"


def _filled(argument: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        argument = argument.replace(name, value)
    return argument


def _shown(seconds: float | None) -> str:
    return "failed" if seconds is None else f"{seconds:.2f}"


def _growth(before: float | None, after: float | None) -> str:
    if before is None or after is None or after < NOISE:
        return ""
    factor = after / max(before, NOISE)
    return f"{factor:.1f}" + (" !" if factor > LIMIT and after > 10 * NOISE else "")


def table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if not at else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--facts", default="100,1000,10000", help="sizes of the one large story")
    parser.add_argument("--stories", default="100,1000", help="numbers of small stories")
    parser.add_argument(
        "--only", default="", metavar="WORD", help="only commands whose name contains this"
    )
    parser.add_argument("--dir", type=Path, help="folder for the temporary archives")
    given = parser.parse_args()
    kinds: dict[str, tuple[str, Any]] = {
        "facts in one story": (given.facts, lambda size: (1, size)),
        f"stories of {FEW} facts": (given.stories, lambda size: (size, FEW)),
    }
    for title, (wanted, shape) in kinds.items():
        sizes = [int(size) for size in wanted.split(",") if size]
        if not sizes:
            continue
        with tempfile.TemporaryDirectory(prefix="dateline-sweep-", dir=given.dir) as folder:
            sweep = Sweep(Path(folder), given.only)
            sweep.measure(1, FEW)
            for size in sizes:
                print(f"{size:,} {title}", file=sys.stderr, flush=True)
                sweep.measure(*shape(size))
            print(f"\n{title}\n{table(list(sweep.rows([FEW, *sizes])))}", flush=True)


if __name__ == "__main__":
    main()
