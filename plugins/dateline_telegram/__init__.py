"""Chats that Telegram Desktop exported as JSON (``result.json``). Each message is a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from dateline.plugin import Contained, Container, DatelineError, hookimpl, json_file, stated_date

#: Kinds of chats in which a name stands for more than one person.
_PUBLIC = ("channel", "supergroup", "group")
#: Kinds of chats whose messages have addresses.
_ADDRESSED = ("channel", "supergroup")


class Telegram(Container):
    """An export of one chat or of all. A message is what a desk quotes: it has an author, a time and an address
    of its own. Its text is put together from its parts, so that a later export of the same chat gives the
    same document, whatever views and reactions it counts. Addresses that its words lead to follow at its end.

    The publisher is the channel or the group; a private chat has none. The author is the one whom a message
    was forwarded from, if it was. Messages without text, such as photos, hold no document.
    """

    name, suffixes = "telegram", (".json",)

    def recognizes(self, beginning: bytes) -> bool:
        start = beginning.lstrip(b"\xef\xbb\xbf \t\r\n")
        chats = b'"messages"' in start and b'"type"' in start
        return start.startswith(b"{") and (
            chats or b'"chats"' in start or b'"personal_information"' in start
        )

    def documents(self, file: BinaryIO) -> Iterator[Contained]:
        chats = list(_chats(json_file(file)))
        if not chats:
            raise DatelineError(
                "this is not an export of Telegram: it has no chats",
                hint="in Telegram Desktop, export the chat as machine-readable JSON",
                code="not-a-telegram-export",
            )
        for number, chat in enumerate(chats, 1):
            prefix = "" if len(chats) == 1 else f"{number}/"
            for message in chat["messages"]:
                if isinstance(message, dict) and (text := _text(message)).strip():
                    yield _contained(message, text, chat, prefix)


def _chats(export: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(export, dict):
        return
    if isinstance(export.get("messages"), list):
        yield export
    for kind in ("chats", "left_chats"):
        listed = export.get(kind)
        for chat in (listed.get("list") if isinstance(listed, dict) else None) or ():
            if isinstance(chat, dict) and isinstance(chat.get("messages"), list):
                yield chat


def _text(message: dict[str, Any]) -> str:
    """The text of a message: a string, or parts that are strings or have a text."""
    if message.get("type", "message") != "message":
        return ""
    parts = message.get("text") or message.get("text_entities") or ""
    if isinstance(parts, str):
        return parts
    listed = parts if isinstance(parts, list) else []
    links = "\n".join(filter(None, map(_link, listed)))
    return "".join(map(_part, listed)) + (f"\n\n{links}" if links else "")


def _part(part: Any) -> str:
    text = part.get("text") if isinstance(part, dict) else part
    return text if isinstance(text, str) else ""


def _link(part: Any) -> str:
    """Where words lead to that are a link, as ``the list: https://wire.example/``."""
    place = part.get("href") if isinstance(part, dict) else None
    if not isinstance(place, str) or not place.startswith(("http://", "https://")):
        return ""
    return f"{' '.join(_part(part).split())}: {place}"


def _contained(message: dict[str, Any], text: str, chat: dict[str, Any], prefix: str) -> Contained:
    kind, number = str(chat.get("type")), message.get("id")
    author = message.get("forwarded_from") or message.get("from")
    addressed = kind.endswith(_ADDRESSED) and isinstance(number, int)
    return Contained(
        f"{prefix}{number}.txt",
        text.encode("utf-8", "replace"),
        media_type="text/plain",
        charset="utf-8",
        published=_when(message),
        byline=(author,) if isinstance(author, str) else (),
        publisher=_line(chat.get("name")) if kind.endswith(_PUBLIC) else None,
        url=f"https://t.me/c/{chat['id']}/{number}" if addressed and "id" in chat else None,
    )


def _when(message: dict[str, Any]) -> str | None:
    """When it was sent. Without the time in UTC only the day is known, in the exporter's time zone."""
    try:
        at = datetime.fromtimestamp(int(message["date_unixtime"]), UTC)
        return at.isoformat().replace("+00:00", "Z")
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return stated_date(str(message.get("date") or ""))


def _line(name: Any) -> str | None:
    return name if isinstance(name, str) else None


@hookimpl
def dateline_containers() -> Iterable[Container]:
    return [Telegram()]
