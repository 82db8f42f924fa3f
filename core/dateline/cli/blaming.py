"""What a plugin's own code raises, reported with the plugin's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from dateline.errors import DatelineError, described, stops_plugin

if TYPE_CHECKING:
    from dateline.plugins.loaded import Plugins

T = TypeVar("T")


class Blamed:
    """Calls into one thing that a plugin offers: ``Blamed(plugins, "exporters", "csv")``.

    What its code raises becomes a DatelineError that names the plugin. `passing` says which errors
    are not its own; DatelineErrors and the database's never are.
    """

    def __init__(
        self, plugins: Plugins, kind: str, name: str, *, passing: tuple[type[Exception], ...] = ()
    ) -> None:
        self._what = f"format {name} (plugin {plugins.owner(kind, name)})"
        self._passing = passing

    def call(self, ask: Callable[[], T]) -> T:
        """What `ask` returns."""
        try:
            return ask()
        except BaseException as error:
            raise self._blame(error) from error

    def each(self, ask: Callable[[], Iterable[T]]) -> Iterator[T]:
        """What `ask` returns, one by one. What the receiver raises is not caught."""
        iterator = self.call(lambda: iter(ask()))
        while True:
            try:
                item = next(iterator)
            except StopIteration:
                return
            except BaseException as error:
                raise self._blame(error) from error
            yield item

    def _blame(self, error: BaseException) -> DatelineError:
        """What to raise instead; raises `error` itself when it is not the plugin's."""
        from sqlalchemy.exc import DBAPIError

        stops_plugin(error)
        if isinstance(error, (DatelineError, DBAPIError, *self._passing)):
            raise error
        return DatelineError(
            f"{self._what} failed: {described(error)}",
            hint="fix the plugin; `--debug` shows where",
        )
