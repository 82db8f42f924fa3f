"""The sources of a story, grouped into documents as a person counts them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from dateline.events.source import SourceCaptured, document_of

#: What the sources of one document share: an original's id, or a publisher and an address or text.
Node = str | tuple[str, str]


class Group:
    """The sources of one document. ``head`` is the one that was captured first: its id is the document's."""

    __slots__ = ("head", "members")

    def __init__(self, head: str, members: list[str]) -> None:
        self.head, self.members = head, members


class Grouping:
    """Sources in groups. Adding one takes amortized constant time, and looking up a group finds it once.

    An original and the text that was extracted from it are one document. Captures of one address by one
    publisher are versions of one document, and so are those of the same text without an address. The
    same text at two addresses or of two publishers is two documents.

    ``order`` says in which order the sources were captured. ``kept`` returns the id under which an entity
    is shown: two publishers that were merged are one.
    """

    def __init__(self, order: Mapping[str, int], kept: Callable[[str], str] | None = None) -> None:
        self._order, self._kept = order, kept
        self._nodes: dict[str, tuple[Node, ...]] = {}
        #: The sources at each node; those that are the node itself are left out.
        self._at: dict[Node, list[str]] = {}
        #: The groups that were looked up. It has all members of a group, or none.
        self._groups: dict[str, Group] = {}

    @classmethod
    def of(
        cls,
        sources: Iterable[tuple[str, SourceCaptured]],
        order: Mapping[str, int],
        kept: Callable[[str], str] | None = None,
    ) -> Grouping:
        """All `sources`, given as (id, source), in groups."""
        self = cls(order, kept)
        nodes, at = self._nodes, self._at
        for name, source in sources:
            publisher = source.publisher if kept is None else kept(source.publisher)
            nodes[name] = own = nodes_of(name, source, publisher)
            for node in own:
                there = at.get(node)
                if there is None:
                    at[node] = [name]
                else:
                    there.append(name)
        return self

    def __contains__(self, name: str) -> bool:
        return name in self._nodes

    def __iter__(self) -> Iterator[Group]:
        """Every group, in the order of the sources."""
        for name in self._nodes:
            group = self.group(name)
            if group.head == name:
                yield group

    def group(self, name: str) -> Group:
        """The group of a source. Raises KeyError."""
        found = self._groups.get(name)
        if found is not None:
            return found
        if self._alone(name):
            self._groups[name] = alone = Group(name, [name])
            return alone
        members, seen, todo = {name}, set[Node](), [name]
        while todo:
            one = todo.pop()
            for node in (one, *self._nodes[one]):
                if node not in seen:
                    seen.add(node)
                    new = [other for other in self.at(node) if other not in members]
                    members.update(new)
                    todo += new
        listed = list(members)
        group = Group(min(listed, key=self._order.__getitem__), listed)
        for member in listed:
            self._groups[member] = group
        return group

    def _alone(self, name: str) -> bool:
        """Whether nothing is shared with the source: most documents have one."""
        nodes, at = self._nodes, self._at
        return name not in at and all(len(at[one]) == 1 and one not in nodes for one in nodes[name])

    def at(self, node: Node) -> Iterator[str]:
        """The sources at a node. They are in one group."""
        yield from self._at.get(node, ())
        if isinstance(node, str) and node in self._nodes:
            yield node

    def add(self, name: str, source: SourceCaptured) -> set[str]:
        """Add a source. Returns the heads of the groups that it joins: they are one group now."""
        publisher = source.publisher if self._kept is None else self._kept(source.publisher)
        own = nodes_of(name, source, publisher)
        first = (next(self.at(node), None) for node in (name, *own))
        joined = {
            id(group): group for one in first if one is not None for group in [self.group(one)]
        }
        self._nodes[name] = own
        for node in own:
            self._at.setdefault(node, []).append(name)
        groups = sorted(joined.values(), key=lambda group: len(group.members), reverse=True)
        heads = {group.head for group in groups}
        group = groups[0] if groups else Group(name, [])
        for other in groups[1:]:
            group.members += other.members
            self._groups.update(dict.fromkeys(other.members, group))
        group.members.append(name)
        group.head = min({name, *heads}, key=self._order.__getitem__)
        self._groups[name] = group
        return heads

    def remove(self, name: str) -> None:
        """Remove a source, if it is there. The others of its group may be several groups then."""
        for node in self._nodes.pop(name, ()):
            there = self._at[node]
            there.remove(name)
            if not there:
                del self._at[node]
        group = self._groups.pop(name, None)
        if group is not None:
            for member in group.members:
                self._groups.pop(member, None)


def nodes_of(name: str, source: SourceCaptured, publisher: str) -> tuple[Node, ...]:
    """What a source of that publisher shares with the others of its document."""
    original, url = source.derived_from, source.url
    if original is None:
        return ((publisher, url or document_of(name)),)
    # Two pages may have one text: without an address their originals say what is one document.
    return (original,) if url is None else (original, (publisher, url))
