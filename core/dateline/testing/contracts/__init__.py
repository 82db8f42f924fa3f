"""The contracts of what plugins offer, as plain functions: each raises `ContractBroken`.

from dateline.testing.contracts import view_contract

def test_my_view_keeps_the_contract() -> None:
    view_contract(MyView())
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dateline.events.registry import EventType, Fields
from dateline.plugins.checks import Check
from dateline.plugins.formats import Exporter, Importer, SourceImporter
from dateline.plugins.loaded import Plugins
from dateline.testing.contracts.checks import check_verdicts
from dateline.testing.contracts.event_types import event_type_verdicts
from dateline.testing.contracts.exporters import exporter_verdicts
from dateline.testing.contracts.importers import importer_verdicts
from dateline.testing.contracts.search import ContractBroken, Verdict
from dateline.testing.contracts.trials import Trials
from dateline.testing.contracts.views import view_verdicts
from dateline.views.projection import View

__all__ = [
    "ContractBroken", "Trials", "Verdict", "check_contract", "event_type_contract",
    "exporter_contract", "importer_contract", "verdicts", "view_contract",
]  # fmt: skip


def view_contract(view: View, *, event_types: Sequence[EventType] = (), examples: int = 25) -> None:
    """Hold every rule for views against `view`; `event_types` are the plugin's own, if it has any."""
    _require(view_verdicts(view, event_types=event_types, examples=examples))


def exporter_contract(
    exporter: Exporter, *, plugins: Plugins | None = None, examples: int = 25
) -> None:
    """Hold every rule for exporters against `exporter`; it may read the views of `plugins`, by
    default of all that are installed."""
    _require(exporter_verdicts(exporter, plugins=plugins, examples=examples))


def importer_contract(
    importer: Importer | SourceImporter, *, files: Sequence[bytes] = (), examples: int = 25
) -> None:
    """Hold every rule for importers against `importer`, on made-up bytes and on `files`."""
    _require(importer_verdicts(importer, files=files, examples=examples))


def event_type_contract(
    event_type: EventType,
    *,
    golden: Mapping[int, Sequence[Fields]] | None = None,
    examples: int = 25,
) -> None:
    """Hold every rule for event types against `event_type`. `golden` has data as each schema version
    stored them: keep some of every version you ever released."""
    _require(event_type_verdicts(event_type, golden=golden, examples=examples))


def check_contract(
    check: Check, *, event_types: Sequence[EventType] = (), examples: int = 25
) -> None:
    """Hold every rule for checks of an archive against `check`."""
    _require(check_verdicts(check, event_types=event_types, examples=examples))


def verdicts(item: object, trials: Trials) -> list[Verdict]:
    """Every rule for `item`, whatever it is that a plugin offers. Raises TypeError."""
    if isinstance(item, View):
        return view_verdicts(item, trials=trials)
    if isinstance(item, Exporter):
        return exporter_verdicts(item, trials=trials)
    if isinstance(item, Importer | SourceImporter):
        return importer_verdicts(item, examples=trials.examples)
    if isinstance(item, EventType):
        return event_type_verdicts(item, examples=trials.examples)
    if isinstance(item, Check):
        return check_verdicts(item, trials=trials)
    raise TypeError(f"{item!r} is nothing that a plugin offers")


def _require(found: Iterable[Verdict]) -> None:
    for verdict in found:
        if verdict.broken is not None:
            raise verdict.broken
