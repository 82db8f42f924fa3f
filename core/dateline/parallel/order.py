"""All that a worker is told: which archive, which plugins, which views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from dateline.errors import DatelineError
from dateline.plugins.loaded import Plugins
from dateline.plugins.points import own_version
from dateline.plugins.recipe import Recipe
from dateline.search.own import own_views
from dateline.views.projection import schema_of


class Order(msgspec.Struct, frozen=True):
    """`url` is the archive's, with its password; `keys` the path of its keys database. `views` maps the names
    of the views to fold to where their plugins come from and to their fingerprints. With `segments` the
    chunks are those of segments, and the worker does not open the archive. With `connected` it keeps its
    connection from one chunk to the next: it ends with the rebuild."""

    archive: UUID
    url: str
    keys: str | None
    recipe: Recipe
    views: dict[str, tuple[str, str]]
    release: str
    segments: bool = False
    connected: bool = False

    def __repr__(self) -> str:  # the URL may hold a password
        return f"Order({', '.join(self.views)})"


def views_of(plugins: Plugins, names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """`Order.views` for those views, of the plugins that are loaded here."""
    types = [f"{kind.name} {kind.version}" for kind in plugins.event_types.values()]
    views = {**plugins.views, **own_views()}
    return {
        name: (plugins.origin("views", name), schema_of(view).fingerprint(types))
        for name in names
        if (view := views.get(name)) is not None
    }


def require_same(order: Order, views: Mapping[str, tuple[str, str]], archive: UUID) -> None:
    """Raises DatelineError unless a worker has the same archive, the same release and the same views."""
    release = own_version()
    if release != order.release:
        problem = f"it has Dateline {release}, not {order.release}"
    elif archive != order.archive:
        problem = "it finds another archive under the same name"
    elif views != order.views:
        differing = sorted(name for name in order.views if views.get(name) != order.views[name])
        problem = f"its plugins offer other versions of {', '.join(differing)}"
    else:
        return
    raise DatelineError(
        f"a worker cannot fold this: {problem}",
        hint="install the same there as here, or use --jobs 1",
        code="worker-differs",
    )
