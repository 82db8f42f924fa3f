"""Errors a person meets: each says what, where, and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


class DatelineError(Exception):
    """Base of every error that Dateline raises on purpose.

    ``what`` is one sentence, ``hint`` the command or change that gets past it. ``code`` names the
    kind of error for programs and tests, in lower-case words joined by hyphens; wording may change,
    codes do not. A class has a code; `code` narrows it for one error.
    """

    exit_code = 1
    code = "failed"

    def __init__(self, what: str, *, hint: str | None = None, code: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        if code is not None:
            self.code = code


class MissingLibrary(DatelineError):
    """An optional library that this needs is not installed."""

    code = "library-missing"

    def __init__(self, name: str, extra: str) -> None:
        super().__init__(
            f"this needs {name}, which is not installed", hint=f"pip install 'dateline[{extra}]'"
        )


class NotAnArchive(DatelineError):
    """The database is absent, or holds no Dateline archive."""

    code = "not-an-archive"


class UnfinishedCopy(NotAnArchive):
    """The database is a copy that is not finished: only the first events of an archive."""

    code = "copy-unfinished"


class Damaged(DatelineError):
    """What is stored is nothing that Dateline writes, not what its hashes say, or not what it was
    copied from: something else changed it, or made it."""

    code = "damaged"

    def __init__(
        self, what: str, hint: str = "`dateline verify` says what is wrong with this archive"
    ) -> None:
        super().__init__(what, hint=hint)


class CheckFailed(Damaged):
    """Damage that a command found whose work is to look for it."""

    code = "check-failed"

    exit_code = 3


class SchemaOutdated(DatelineError):
    """The archive's tables were made by another version of Dateline."""

    code = "schema-outdated"


class UnknownName(DatelineError):
    """A story, view, format, fact or source that is not there."""

    code = "unknown-name"


class VersionConflict(DatelineError):
    """The story moved on since its version was read. Nothing was written."""

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
        super().__init__(f"a story {slug!r} is there already", hint="choose another slug")


class EventIdConflict(DatelineError):
    """An event id is taken by an event of other content. Nothing was written."""

    code = "event-id-conflict"

    def __init__(self, event_id: object, position: int) -> None:
        super().__init__(
            f"event id {event_id} is already at position {position}, with other content",
            hint="events never change: record the difference with `dateline correct`",
        )
        self.position = position


class LogGap(DatelineError):
    """A read met a hole in the positions: an event is missing from the log."""

    code = "log-gap"

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(
            f"the log has no event at position {expected} (the next one is {found})",
            hint="restore the archive from a backup: something outside Dateline removed events",
        )
        self.expected = expected
        self.found = found


class SealedContent(DatelineError):
    """Protected content whose key is not at hand. It is readable again when the key is; where the
    keys database knows the key as lost, `lost` is its id."""

    code = "sealed"

    def __init__(self, story: str, position: int, lost: str | None = None) -> None:
        where = f"story {story} holds protected content (position {position}) whose key is"
        if lost is None:
            hint = "bring the keys database back beside the archive, or name it with --keys"
            super().__init__(f"{where} not here", hint=hint)
        else:
            hint = f"`dateline erase {lost}` takes out what it had sealed"
            super().__init__(f"{where} lost for good", hint=hint)


class NotPaired(DatelineError):
    """The keys database is not this archive's own, and would take something from it unasked; nothing
    was read or erased. ``path`` is its file, ``events`` how many events it orders to be erased."""

    def __init__(self, path: str, events: int) -> None:
        what = f"the keys database {path} was not paired with this archive"
        if events:
            those = "1 event" if events == 1 else f"{events} events"
            what += f", and it orders {those} to be erased here; nothing was read or erased"
        super().__init__(
            what,
            hint="from somebody else? name your own with --keys. Yours, and the archive is from before "
            "an erasure? `dateline pair --dry-run` lists what it would erase, `dateline pair` lets it",
        )
        self.path, self.events = path, events


class ViewFailed(DatelineError):
    """A view's own code raised while folding an event."""

    code = "view-failed"


def stops_plugin(error: BaseException) -> None:
    """For an ``except BaseException`` around a plugin's code: all that it raises stops that plugin
    alone, whatever its base (a test's skip, a cancelled task, SystemExit). Only ^C is the user's:
    that is raised again."""
    if isinstance(error, BaseExceptionGroup):  # as task groups hand ^C on
        found = error.subgroup(KeyboardInterrupt)
        if found is not None:
            raise KeyboardInterrupt from error
    if isinstance(error, KeyboardInterrupt):
        raise error


def described(error: BaseException) -> str:
    """``ValueError: no such port``, also for one whose own words cannot be had. Our own errors are
    sentences."""
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
    """One reason why input was refused.

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

    def __init__(self, findings: Sequence[Finding], *, hint: str | None = None) -> None:
        self.findings = tuple(findings)
        count = len(self.findings)
        super().__init__(
            f"refused, nothing was written ({count} finding{'s' if count != 1 else ''})",
            hint=hint,
        )

    def __str__(self) -> str:
        return "\n".join([self.what, *map(str, self.findings)])
