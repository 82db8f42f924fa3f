"""Load on the reader: 1, 10 and 100 readers of a story of 2,000 facts, server and readers on this machine.

    python tests/web/load.py --seconds 60 --readers 1 10 100
    python tests/web/load.py --seconds 60 --readers 100 --writer
    python tests/web/load.py --requests 20000

Prints a line for each run: answers in a second, the time that half and 95 % of them took at most, the share that was
304, and the memory of the server. A page that is not whole ends the run with an error: one whose count of facts is
another than that at its position.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "benchmarks")]

from tests.web.running import Running, served

SLUG = "story-0"
#: Pages and how often a reader of a hundred opens each. ``{n}`` is a fact.
MIX = {
    "/": 8, f"/stories/{SLUG}": 20, f"/stories/{SLUG}.json": 2, f"/stories/{SLUG}/facts/f{{n}}": 30,
    f"/stories/{SLUG}/sources/{{source}}": 12, f"/stories/{SLUG}/views/timeline": 6,
    f"/stories/{SLUG}/views/figures.json?limit=50": 4, f"/stories/{SLUG}?page=3": 3,
    f"/stories/{SLUG}/diff?from=2024-03-01&to=2024-03-20": 2,
    f"/stories/{SLUG}?as_of=2024-03-04": 3, "/entities": 3, "/entities/person:ada-lind": 3,
    "/search?q=bridge": 2, f"/stories/{SLUG}/feed.atom": 2,
}  # fmt: skip
#: Where a page states its position, and where a story states its number of facts.
POSITION = re.compile(rb"<dt>Position</dt>\s*<dd><span>([\d,]+)<")


@dataclass
class Seen:
    """What readers saw. `seconds` of each answer by kind of page; `wholes` are pairs of position and facts."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    bytes: int = 0
    wholes: set[tuple[int, int]] = field(default_factory=set)

    def merge(self, other: Seen) -> None:
        for kind, found in other.seconds.items():
            self.seconds.setdefault(kind, []).extend(found)
        self.statuses += other.statuses
        self.bytes += other.bytes
        self.wholes |= other.wholes


@dataclass(frozen=True)
class Plan:
    """How readers read: until a time of the monotonic clock, or until each has asked so often. ``pause`` is the mean
    of the seconds between two pages, ``facts`` are the facts that they choose from."""

    host: str
    port: int
    facts: int
    sources: list[str]
    until: float
    requests: int | None
    conditional: bool
    pause: float
    whole: bool


async def reader(plan: Plan, number: int, seen: Seen) -> None:
    """One reader with a connection of their own, and the entity tags of the pages that they had."""
    chance, tags = random.Random(number), dict[str, str]()
    kinds, weights = list(MIX), list(MIX.values())
    left = plan.requests
    streams = await asyncio.open_connection(plan.host, plan.port, limit=1 << 22)
    if plan.pause:
        await asyncio.sleep(chance.random() * plan.pause)
    while time.monotonic() < plan.until and left != 0:
        kind = chance.choices(kinds, weights)[0]
        # Half of all reading is of a few facts.
        most = 40 if chance.random() < 0.5 else plan.facts
        target = kind.format(
            n=chance.randint(1, most), source=chance.choice(plan.sources[: most // 4])
        )
        tag = tags.get(target) if plan.conditional else None
        given = f"If-None-Match: {tag}\r\n" if tag else ""
        request = (
            f"GET {target} HTTP/1.1\r\nHost: {plan.host}\r\nAccept-Encoding: {'identity' if plan.whole else 'gzip'}\r\n"
            f"{given}\r\n"
        )
        began = time.perf_counter()
        status, headers, body = await answered(streams, request.encode())
        seen.seconds.setdefault(kind, []).append(time.perf_counter() - began)
        seen.statuses[status] += 1
        seen.bytes += len(body)
        tags[target] = headers.get("etag", "")
        if plan.whole and kind == f"/stories/{SLUG}" and status == 200:
            seen.wholes.add(whole(body))
        left = None if left is None else left - 1
        if plan.pause:
            await asyncio.sleep(chance.expovariate(1 / plan.pause))
    streams[1].close()


async def answered(streams: Any, request: bytes) -> tuple[int, dict[str, str], bytes]:
    read, write = streams
    write.write(request)
    head = (await read.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value
        for name, _, value in (line.partition(": ") for line in head[1:] if line)
    }
    size = int(headers.get("content-length", "0"))
    return int(head[0].split()[1]), headers, await read.readexactly(size) if size else b""


def whole(page: bytes) -> tuple[int, int]:
    """The position that a story's page states, and the number of facts in it."""
    position = POSITION.search(page)
    facts = re.search(rb"([\d,]+)(?:</\w+>)? facts", page)
    assert position and facts, "a page of a story states its position and its number of facts"
    first, second = (int(found.group(1).replace(b",", b"")) for found in (position, facts))
    return first, second


def readers(given: dict[str, Any]) -> None:
    """The process of some readers: prints what they saw as JSON."""
    numbers = range(given.pop("first"), given.pop("after"))
    plan, seen = Plan(**given), Seen()

    async def all_readers() -> None:
        await asyncio.gather(*(reader(plan, number, seen) for number in numbers))

    asyncio.run(all_readers())
    found = {
        "seconds": seen.seconds, "statuses": dict(seen.statuses), "bytes": seen.bytes, "wholes": sorted(seen.wholes)
    }  # fmt: skip
    print(json.dumps(found))


def crowd(plan: Plan, count: int) -> Seen:
    """So many readers at once, in one process."""
    given = {**plan.__dict__, "first": 0, "after": count}
    done = subprocess.run(
        [sys.executable, __file__, "--reader", json.dumps(given)],
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(done.stdout)
    statuses = Counter({int(status): number for status, number in found["statuses"].items()})
    return Seen(
        found["seconds"], statuses, found["bytes"], {(one, two) for one, two in found["wholes"]}
    )


@contextmanager
def writer(db: Path) -> Iterator[list[int]]:
    """Record a fact each second in a process of its own. The list has the numbers of facts that it recorded."""
    recorded: list[int] = []
    with subprocess.Popen(
        [sys.executable, __file__, "--write", str(db)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield recorded
        out, _ = process.communicate("stop\n", timeout=30)
        assert process.returncode == 0
        recorded.append(int(out))


def write(db: Path) -> None:
    """Record a fact each second until a line comes on stdin; print how many."""
    import threading

    from dateline import Archive, Plugins

    stop, count = threading.Event(), 0
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    with Archive.open(db, Plugins.load()) as archive:
        with archive.material(SLUG) as material:
            [story] = material.stories()
            base = next(iter(story.facts.values()))
        while not stop.wait(1):
            count += 1
            line = {
                "type": "occurrence.recorded", "text": f"Something happened, number {count} of {os.getpid()}.", "action": "happen",
                "source": base.source, "evidence": [{"role": "content", "exact": base.data.evidence[0].exact}],
                "attribution": [{"agent": "org:wire", "role": "publisher"}],
            }  # fmt: skip
            assert archive.record([line], story=SLUG).new == 1
    print(count)


def made(folder: Path, facts: int) -> tuple[Path, list[str]]:
    """An archive of a story of so many facts, and the ids of its sources."""
    import lines

    from dateline import Archive, Plugins

    db, found = folder / "load.db", list(lines.story(0, facts))
    with Archive.create(db, Plugins.load()) as archive:
        archive.record(found)
        archive.catch_up()
        archive.catch_up_indexes()
    return db, [
        one["source"].removeprefix("sha256:") for one in found if one["type"] == "source.captured"
    ]


def line(name: str, seen: Seen, seconds: float, before: int, after: int) -> str:
    times = sorted(one for found in seen.seconds.values() for one in found)
    count = len(times)

    def at(share: float) -> str:
        return f"{times[min(count - 1, int(count * share))] * 1000:7.1f}"

    bad = sum(number for status, number in seen.statuses.items() if status not in (200, 304))
    return (
        f"{name:34} {count:7,} {count / seconds:8.0f}/s {at(0.5)} {at(0.95)} {at(0.99)} ms"
        f"  304 {seen.statuses[304] / count:4.0%}  errors {bad}  {seen.bytes / count / 1024:6.1f} KiB"
        f"  RSS {before >> 20} -> {after >> 20} MiB"
    )


def by_kind(seen: Seen) -> Iterator[str]:
    for kind, found in sorted(seen.seconds.items(), key=lambda item: -sum(item[1])):
        found.sort()
        count = len(found)
        yield (
            f"    {kind:50} {count:6,}  p50 {found[count // 2] * 1000:7.1f}  "
            f"p95 {found[int(count * 0.95)] * 1000:7.1f}  longest {found[-1] * 1000:7.1f} ms"
        )


def measure(
    server: Running,
    given: argparse.Namespace,
    sources: list[str],
    count: int,
    name: str,
    **more: Any,
) -> Seen:
    host, port = server.address
    plan = {
        "host": host, "port": port, "facts": given.facts, "sources": sources, "requests": None, "conditional": False,
        "until": time.monotonic() + given.seconds, "pause": given.pause, "whole": False,
    }  # fmt: skip
    before, began = server.memory, time.monotonic()
    seen = crowd(Plan(**{**plan, **more}), count)
    print(
        line(f"{count:3} readers, {name}", seen, time.monotonic() - began, before, server.memory),
        flush=True,
    )
    if given.kinds:
        print("\n".join(by_kind(seen)), flush=True)
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--readers", type=int, nargs="*", default=[1, 10, 100])
    parser.add_argument(
        "--pause", type=float, default=0, help="mean seconds between two pages of a reader"
    )
    parser.add_argument("--facts", type=int, default=2000)
    parser.add_argument("--writer", action="store_true", help="record a fact each second meanwhile")
    parser.add_argument(
        "--requests", type=int, help="so many requests in all by 10 readers, and nothing else"
    )
    parser.add_argument("--kinds", action="store_true", help="also print each kind of page")
    parser.add_argument("--reader", help=argparse.SUPPRESS)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.reader:
        return readers(json.loads(given.reader))
    if given.write:
        return write(given.write)
    with tempfile.TemporaryDirectory(prefix="dateline-load") as folder:
        db, sources = made(Path(folder), given.facts)
        for count in given.readers if given.requests is None else []:
            with served(db) as server:
                if given.writer:
                    with writer(db) as recorded:
                        seen = measure(
                            server, given, sources, count, "a writer meanwhile", whole=True
                        )
                    check(db, given.facts, seen, recorded[0])
                    continue
                measure(server, given, sources, count, "cold")
                measure(server, given, sources, count, "warm")
                measure(server, given, sources, count, "warm, If-None-Match", conditional=True)
        if given.requests is not None:
            with served(db) as server:
                for part in range(4):
                    more = {"requests": given.requests // 40, "until": time.monotonic() + 1e6}
                    measure(server, given, sources, 10, f"part {part + 1} of 4", **more)


def check(db: Path, facts: int, seen: Seen, recorded: int) -> None:
    """Nothing was lost, and each page was of one state. Each event that the writer recorded is a fact."""
    from dateline import Archive, Plugins

    with Archive.open(db, Plugins.load()) as archive:
        position = archive.head().position
        with archive.material(SLUG) as material:
            [story] = material.stories()
            total = len(story.facts)
    other = position - total
    torn = [(at, count) for at, count in seen.wholes if at - count != other]
    print(
        f"    recorded {recorded}, kept {total - facts} in all; states seen {len(seen.wholes)}, not whole {len(torn)}"
    )
    assert not torn, torn


if __name__ == "__main__":
    main()
