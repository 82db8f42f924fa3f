"""The bundled stories: a fictional flood, and real news of October 2022, retold."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Story:
    """One folder below ``story/``, named by its slug: ``<slug>.ndjson`` and the files it names."""

    slug: str
    #: Commands to try next. Each runs unchanged on the archive that the demo created.
    next: tuple[str, ...]

    def read(self, name: str) -> bytes:
        """A file of this story."""
        return files("dateline_demo").joinpath("story", self.slug, name).read_bytes()

    def lines(self) -> bytes:
        """Its events, in the import format."""
        return self.read(f"{self.slug}.ndjson")


VELM = Story(
    "velm-flood",
    (
        "show velm-flood timeline --all",
        "log velm-flood --type fact.corrected",
        "export velm-flood -o brief.md",
        (
            "correct velm-flood f2 --set quantities.0.lower=300 --kind clarification"
            " --reason 'A second count'"
        ),
    ),
)
KHERSON = Story(
    "kherson-retold",
    (
        "show kherson-retold f26",
        "log kherson-retold --type facts.linked",
        "export kherson-retold -o kherson.md",
        "review kherson-retold f36 accepted --reviewer 'the desk' --reason 'As the U.N. lists it'",
    ),
)
STORIES = {"velm": VELM, "kherson": KHERSON}
