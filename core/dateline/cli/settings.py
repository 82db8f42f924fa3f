"""The options before the command: which archive to open, and which plugins to load."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.terminal.messages import say
from dateline.cli.terminal.stdout import FOREIGN, kept_for_data

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.erasure.journal import Erasure
    from dateline.plugins.loaded import Plugins
    from dateline.plugins.records import PluginRecord

DEFAULT_DB = "dateline.db"
UNFINISHED = (
    "An erasure is not finished: another process is still reading an older snapshot, so the erased "
    "content stays in the archive's write-ahead log. Close that process, then run any command."
)
HELD_UP = (
    "An erasure is not finished: another session blocks it, because it is writing or has an open "
    "transaction that reads a view. End that session (on PostgreSQL, pg_stat_activity lists it), then "
    "run any command."
)


@dataclass
class Settings:
    db: str | None = field(default=None, repr=False)
    plugin_dirs: tuple[Path, ...] = ()
    without: tuple[str, ...] = ()
    strict: bool = False
    debug: bool = False
    keys: str | None = None
    _plugins: Plugins | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        return self.db or DEFAULT_DB

    @property
    def shown(self) -> str:
        """The archive's path or URL without its password."""
        from dateline.log.engine import shown, to_url

        return shown(to_url(self.path))

    @property
    def kept(self) -> list[Path]:
        """The files of the archive and of its keys, which may not exist yet. No output replaces
        them."""
        from dateline.log.engine import kept_files, to_url

        return kept_files(to_url(self.path), self.keys)

    def plugins(self) -> Plugins:
        """The plugins, found once. Each failure is reported on stderr."""
        if self._plugins is None:
            from dateline.plugins.discovery import Selection
            from dateline.plugins.loaded import Plugins

            selection = Selection.from_environment(self.without)
            self._keep_stdout()
            with kept_for_data():
                self._plugins = Plugins.load(
                    folders=self.plugin_dirs,
                    selection=selection,
                    strict=self.strict,
                    report=_warn_of_failure,
                )
                if self._foreign():
                    self._plugins.load_all()
            names = self._plugins.names
            for unknown in selection.unknown(names):
                _warn_of_unknown(unknown, names)
        return self._plugins

    def _foreign(self) -> bool:
        """Whether a plugin's own command runs, which may use stdout."""
        context = click.get_current_context(silent=True)
        return context is not None and FOREIGN in context.meta

    def _keep_stdout(self) -> None:
        """From here on, send what plugins print to stderr, except in a plugin's own command."""
        context = click.get_current_context(silent=True)
        if context is not None and not self._foreign():
            context.find_root().with_resource(kept_for_data())

    @contextmanager
    def archive(self) -> Iterator[Archive]:
        """The open archive, its interrupted erasures resumed."""
        with self.unresumed() as archive:
            resume(archive)
            yield archive
            if archive.recorded is not None:
                for sentence in archive.recorded.clocks.sentences():
                    say(sentence)

    @contextmanager
    def unresumed(self) -> Iterator[Archive]:
        """The open archive. The caller must call `resume`."""
        from dateline.archive import Archive

        with Archive.open(self.path, self.plugins(), self.keys, resume=False) as archive:
            archive.notice = say
            yield archive


def resume(archive: Archive) -> None:
    """Finish interrupted erasures, and report which were finished and which cannot be."""
    say_resumed(archive, archive.resume())


def say_resumed(archive: Archive, done: Iterable[Erasure]) -> None:
    """Report the erasures that are `done`, and what prevents others from finishing."""
    for erasure in done:
        say(f"Finished an erasure that had been interrupted or undone: {erasure.reason}")
    for sentence in unfinished(archive):
        say(sentence)


def say_ahead(archive: Archive, slugs: Collection[str] | None = None) -> None:
    """Report the stories, of `slugs` or of all, whose last event is dated in the future."""
    from dateline.events.clock import CLOCK_TOLERANCE_US, now_us
    from dateline.recording.clocks import dated_ahead

    latest = now_us() + CLOCK_TOLERANCE_US
    for story in archive.stories():
        if story.recorded_us > latest and (slugs is None or story.slug in slugs):
            say(dated_ahead(story.slug, story.recorded_us))


def unfinished(archive: Archive) -> list[str]:
    """Sentences about what prevents erasures from finishing."""
    read_on = any(erasure.step == "purged" for erasure in archive.unfinished_erasures)
    return [UNFINISHED] * read_on + [HELD_UP] * bool(archive.held_up)


def _warn_of_failure(record: PluginRecord) -> None:
    say(
        f"Warning: plugin {record.name} ({record.origin}) is left out: {record.error}\n"
        f"  fix the plugin, or silence this with --without {record.name}; "
        "`dateline plugins -v` shows the traceback"
    )


def _warn_of_unknown(name: str, names: list[str]) -> None:
    """Warn about a name in --without, DATELINE_WITHOUT or DATELINE_PLUGINS that no plugin has."""
    import difflib

    near = difflib.get_close_matches(name, names, 1)
    guess = f"; did you mean {near[0]!r}?" if near else ""
    say(
        f"Warning: no plugin is called {name!r} (--without, DATELINE_WITHOUT, DATELINE_PLUGINS)"
        f"{guess}\n  `dateline plugins` lists the plugins"
    )


pass_settings = click.make_pass_decorator(Settings, ensure=True)
