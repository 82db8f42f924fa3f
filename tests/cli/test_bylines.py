"""Bylines name persons of the story as other options do: by name, or as new ones."""

from __future__ import annotations

from pathlib import Path

from dateline import Archive, Plugins
from dateline.pytest_plugin import Cli
from dateline.testing import samples


def byline(at: int = -1) -> tuple[str, ...]:
    with Archive.open("dateline.db", Plugins()) as archive:
        return list(archive.state("ferry").sources.values())[at].byline


def test_a_byline_takes_persons_by_name_and_new_ones(dateline_cli: Cli, tmp_path: Path) -> None:
    with Archive.create(tmp_path / "dateline.db", Plugins()) as archive:
        archive.record(samples.story())
    Path("a.txt").write_text("FICTION. Once.")
    given = ("Mara VOSS", "person:jd=Jane Doe", "Ada Quill", "Voss")
    captured = dateline_cli(
        *("capture", "a.txt", "--story", "ferry", "--publisher", "ister wire", "--yes"),
        *(word for name in given for word in ("--byline", name)),
    )
    assert captured.code == 0, captured.err
    # A surname alone may be somebody else's, and is kept as it is.
    assert byline() == (samples.VOSS, "person:jd", "Ada Quill", "Voss")
    assert '--byline person:ada-quill="Ada Quill" introduces the person' in captured.err
    with Archive.open("dateline.db", Plugins()) as archive:
        source = list(archive.state("ferry").sources)[-1][7:19]
    for change, expected in [
        ("byline=jane doe", ("person:jd",)),
        ("byline=person:aq=Ada Quill", ("person:aq",)),
        ('byline=["Ada Quill", "Max Frei"]', ("person:aq", "Max Frei")),
    ]:
        amended = dateline_cli("amend", "ferry", source, "--set", change, "--reason", "Asked")
        assert amended.code == 0, amended.err
        assert byline() == expected
    unknown = dateline_cli("amend", "ferry", source, "--set", "publisher=Wyre", "--reason", "x")
    assert (unknown.code, unknown.error) == (1, "entity-unknown")
    assert f"dateline amend ferry {source} --set publisher=org:wyre=Wyre --reason x" in unknown.err
