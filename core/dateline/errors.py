"""Errors that people see: each says what is wrong, where, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

T = TypeVar("T")


class DatelineError(Exception):
    """Base of every error that Dateline raises on purpose.

    ``what`` is one sentence; ``hint`` is the next step, a command or a change. ``code`` names the
    kind of error for programs and tests, in lower-case words joined by hyphens: the wording may
    change, codes do not. Each class has a code; the argument `code` replaces it with a narrower one.
    """

    exit_code = 1
    code = "failed"

    def __init__(self, what: str, *, hint: str | None = None, code: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        if code is not None:
            self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        # Other arguments than those of `__init__` are kept, so an error cannot be made again from these.
        return _again, (type(self), self.args, vars(self))


def _again(kind: type[DatelineError], args: tuple[object, ...], held: dict[str, object]) -> object:
    """An error that another process raised."""
    error = kind.__new__(kind, *args)
    vars(error).update(held)
    return error


class MissingLibrary(DatelineError):
    """An optional library is needed and is not installed."""

    code = "library-missing"

    def __init__(self, name: str, extra: str) -> None:
        super().__init__(
            f"this needs {name}, which is not installed", hint=f"pip install 'dateline[{extra}]'"
        )


class NotAnArchive(DatelineError):
    """The database does not exist, or does not hold a Dateline archive."""

    code = "not-an-archive"


class UnfinishedCopy(NotAnArchive):
    """The database is an unfinished copy: it holds only the first events of an archive."""

    code = "copy-unfinished"


class Damaged(DatelineError):
    """Stored data is not something that Dateline writes, does not match its hashes, or differs from
    what it was copied from: something other than Dateline changed or created it."""

    code = "damaged"

    def __init__(
        self,
        what: str,
        hint: str = "run `dateline verify` to see what is wrong with this archive",
        *,
        code: str | None = None,
    ) -> None:
        super().__init__(what, hint=hint, code=code)


class CheckFailed(Damaged):
    """Damage found by a command whose job is to look for it."""

    code = "check-failed"

    exit_code = 3


class SchemaOutdated(DatelineError):
    """The archive's tables were created by another version of Dateline."""

    code = "schema-outdated"


class UnknownName(DatelineError):
    """A story, view, format, fact or source that does not exist."""

    code = "unknown-name"


def named(offered: Mapping[str, T], name: str, noun: str, code: str) -> T:
    """The item of this name among what plugins offer. Raises UnknownName, with the nearest name."""
    if name in offered:
        return offered[name]
    import difflib  # slow to import, and this error is rare

    near = difflib.get_close_matches(name, offered, 1)
    known = ", ".join(sorted(offered)) or "none"
    raise UnknownName(
        f"there is no {noun} {name!r}",
        hint=f"did you mean {near[0]!r}?" if near else f"known are {known}; see `dateline plugins`",
        code=code,
    )


class VersionConflict(DatelineError):
    """The story changed after its version was read. Nothing was written."""

    code = "version-conflict"

    def __init__(self, story: object, expected: object, actual: int) -> None:
        super().__init__(
            f"story {story} is at version {actual}, not at {expected}",
            hint="read the story again, then repeat the change",
        )
        self.expected = expected
        self.actual = actual


class SlugTaken(DatelineError):
    """Another story has that slug. Nothing was written."""

    code = "slug-taken"

    def __init__(self, slug: str) -> None:
        super().__init__(f"a story {slug!r} already exists", hint="choose another slug")


class EventIdConflict(DatelineError):
    """An event id belongs to an event with different content. Nothing was written."""

    code = "event-id-conflict"

    def __init__(self, event_id: object, position: int) -> None:
        super().__init__(
            f"event id {event_id} already exists at position {position}, with different content",
            hint="events never change: record the difference with `dateline correct`",
        )
        self.position = position


class LogGap(DatelineError):
    """A read found a gap in the positions: an event is missing from the log."""

    code = "log-gap"

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(
            f"the log has no event at position {expected} (the next one is {found})",
            hint="restore the archive from a backup: something outside Dateline removed events",
        )
        self.expected = expected
        self.found = found


class SealedContent(DatelineError):
    """Protected content whose key is not at hand. It becomes readable again when the key is back.
    ``lost`` is the id of the key if the keys database lists it as lost."""

    code = "sealed"

    def __init__(self, story: str, position: int, lost: str | None = None) -> None:
        where = f"story {story} holds protected content (position {position}) whose key is"
        if lost is None:
            hint = "bring the keys database back next to the archive, or name it with --keys"
            super().__init__(f"{where} not at hand", hint=hint)
        else:
            hint = f"run `dateline erase {lost}` to erase what was protected under it"
            super().__init__(f"{where} lost for good", hint=hint)


class NotPaired(DatelineError):
    """The keys database is not paired with this archive, and its journal may order events of this
    archive to be erased; nothing was read or erased. ``path`` is its file, ``events`` is the number
    of events that it orders to be erased."""

    code = "keys-unpaired"

    def __init__(self, path: str, events: int) -> None:
        what = f"the keys database {path} is not paired with this archive"
        if events:
            those = "1 event" if events == 1 else f"{events} events"
            what += f", and it orders {those} to be erased here; nothing was read or erased"
        super().__init__(
            what,
            hint="if it is not yours, name your own with --keys; if it is, and the archive dates from "
            "before an erasure, `dateline pair --dry-run` lists what `dateline pair` would erase",
        )
        self.path, self.events = path, events


class ViewFailed(DatelineError):
    """A view's own code raised while folding an event."""

    code = "view-failed"


def stops_plugin(error: BaseException) -> None:
    """For an ``except BaseException`` around a plugin's code: whatever it raises stops only that
    plugin, whatever its base class (a test's skip, a cancelled task, SystemExit). Only ^C comes from
    the user and is raised again."""
    if isinstance(error, BaseExceptionGroup):  # as task groups hand ^C on
        found = error.subgroup(KeyboardInterrupt)
        if found is not None:
            raise KeyboardInterrupt from error
    if isinstance(error, KeyboardInterrupt):
        raise error


def described(error: BaseException) -> str:
    """``ValueError: no such port``, also for an error whose text cannot be read. A DatelineError is
    described by its own sentence."""
    if isinstance(error, DatelineError):
        return str(error)
    try:
        text = str(error)
    except BaseException as worse:  # noqa: BLE001 - it may be a plugin's
        stops_plugin(worse)
        text = f"(its text raises {type(worse).__name__})"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why input was refused: a rule that it broke.

    ``field`` is a JSON Pointer (RFC 6901) into the event, ``line`` counts from 1 in the input.
    """

    rule: str
    field: str
    reason: str
    line: int | None = None

    def at(self, line: int | None) -> Finding:
        return replace(self, line=line)

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line is not None else ""
        return f"{where}{self.field or '(event)'}: {self.rule}: {self.reason}"


class Refused(DatelineError):
    """Input broke one or more rules. Nothing was written."""

    code = "refused"

    def __init__(
        self, findings: Sequence[Finding], *, hint: str | None = None, code: str | None = None
    ) -> None:
        self.findings = tuple(findings)
        count = len(self.findings)
        super().__init__(
            f"refused, nothing was written ({count} finding{'s' if count != 1 else ''})",
            hint=hint,
            code=code,
        )

    def __str__(self) -> str:
        return "\n".join([self.what, *map(str, self.findings)])
