"""Reporting what a plugin's code raises with the name of the plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from dateline.errors import DatelineError, described, stops_plugin
from dateline.plugins.places import place

if TYPE_CHECKING:
    from dateline.plugins.loaded import Plugins

T = TypeVar("T")


class Blamed:
    """Calls the code of one item that a plugin offers: ``Blamed(plugins, "exporters", "csv")``.

    An exception from that code becomes a DatelineError (``plugin-failed``) that names the plugin.
    It also names the line of the plugin's code, the `file` that was read, and the last line of that, if they
    are known. Exceptions of the types `passing`, DatelineErrors and the database's errors are raised unchanged.
    """

    def __init__(
        self,
        plugins: Plugins,
        kind: str,
        name: str,
        *,
        passing: tuple[type[Exception], ...] = (),
        noun: str = "format",
        file: str | None = None,
    ) -> None:
        self._what = f"{noun} {name} (plugin {plugins.owner(kind, name)})"
        self._passing = passing
        self._file = file
        item = getattr(plugins, kind).get(name)
        self._package = getattr(item, "__module__", "").partition(".")[0]
        self._line: int | None = None

    def call(self, ask: Callable[[], T]) -> T:
        """The result of `ask`."""
        try:
            return ask()
        except BaseException as error:
            raise self._blame(error) from error

    def each(self, ask: Callable[[], Iterable[T]]) -> Iterator[T]:
        """The items of the result of `ask`. Exceptions of the caller are not caught."""
        iterator = self.call(lambda: iter(ask()))
        while True:
            try:
                item = next(iterator)
            except StopIteration:
                return
            except BaseException as error:
                raise self._blame(error) from error
            self._line = getattr(item, "number", self._line)
            yield item

    def _blame(self, error: BaseException) -> DatelineError:
        """The error to raise instead. Raises `error` itself when it is not the plugin's."""
        from sqlalchemy.exc import DBAPIError

        stops_plugin(error)
        if isinstance(error, (DatelineError, DBAPIError, *self._passing)):
            raise error
        read = f" on {self._file}" if self._file else ""
        read += f" after line {self._line}" if self._file and self._line else ""
        code = place(error, self._package)
        return DatelineError(
            f"{self._what} failed{read}: {described(error)}{f' ({code})' if code else ''}",
            hint="fix the plugin; `--debug` shows where it failed",
            code="plugin-failed",
        )
