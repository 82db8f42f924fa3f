"""What a document says of itself, as it is recorded."""

from __future__ import annotations

from dateline.capture.details import Details, named_publisher, remembered, taken
from dateline.events.entity import EntityIntroduced
from dateline.plugin import Extracted

KNOWN = {
    name: EntityIntroduced(entity=name, kind=kind, label=label, names=names)
    for name, kind, label, names in (
        ("org:wire", "organization", "Ister Wire", ("The Wire",)),
        ("org:velm", "organization", "Velm Trading", ()),
        ("person:pell", "person", "Velm Herald", ()),
    )
}  # type: ignore[arg-type]


def test_a_publisher_is_a_known_organization_or_a_new_one() -> None:
    for name, url, found in (
        ("ISTER  wire", None, "org:wire"),
        ("the wire", None, "org:wire"),
        ("Velm", None, "org:velm-2=Velm"),  # the id means somebody else
        ("Velm Herald", None, "org:velm-herald=Velm Herald"),
        ("herald.example", None, "org:herald.example=herald.example"),
        ("Élan & Söhne", None, "org:elan-sohne=Élan & Söhne"),
        ("..Velm..Herald.", None, "org:velm-herald=..Velm..Herald."),
        ("日刊イスター", "https://www.ister.example/a", "org:ister.example=日刊イスター"),
        ("日刊イスター", None, None),
        ("org:new", None, "org:new"),
        ("org:new=New", None, "org:new=New"),
    ):
        assert named_publisher(name, KNOWN, url) == found, name


def test_what_is_given_is_not_taken_and_what_is_ignored_is_said() -> None:
    extracted = Extracted(
        "text", "tool 1", title="A \n title", published="0001-01-01", publisher="Ister Wire",
        byline=("By Nora Pell, Games Editor", "Ister Wire"), url="https://ister.example/a",
    )  # fmt: skip
    found, notes = taken(extracted, {}, KNOWN)
    assert found == {
        "title": "A title",
        "publisher": "org:wire",
        "byline": ["Nora Pell"],
        "url": "https://ister.example/a",
    }
    assert ["0001-01-01" in notes[0], "Games Editor" in notes[1], len(notes)] == [True, True, 2]
    given = {"published": "2024-05-06", "byline": ["Ada Quill"], "title": "Mine"}
    found, notes = taken(extracted, given, KNOWN)
    assert (sorted(found), notes) == (["publisher", "url"], [])
    for publisher in ("org:wire", "org:x=Ister Wire", "Ister\u202e Wire", "日刊イスター"):
        found, notes = taken(Extracted("text", "tool 1", publisher=publisher), {}, KNOWN)
        assert (found, len(notes)) == ({}, 1), publisher


def test_a_publisher_without_a_name_is_the_host_of_the_address() -> None:
    for given, own, found in (
        (None, "https://www.herald.example/a", "org:herald.example=herald.example"),
        ("https://wire.example/a", "https://www.herald.example/a", "org:wire.example=wire.example"),
        ("https://web.archive.org/web/2024/http://herald.example", None, None),
        (None, "http://localhost/a", None),
        (None, "http://10.0.0.1/a", None),
        (None, "http://[::1]/a", None),
        (None, "http://[::1", None),
        (None, None, None),
    ):
        about, extracted = {"url": given}, Extracted("text", "tool 1", url=own)
        assert taken(extracted, about, {})[0].get("publisher") == found, (given, own)
    named = Extracted("text", "tool 1", url="https://herald.example/a", publisher="Ister Wire")
    assert taken(named, {}, KNOWN)[0]["publisher"] == "org:wire"


def test_a_review_is_asked_once_about_the_same_details() -> None:
    asked = []

    def review(details: Details) -> dict[str, object]:
        asked.append(details)
        return {"title": str(len(asked))}

    once = remembered(review)
    first, other = (Details({"title": title}, frozenset(), (), {}) for title in ("a", "b"))
    assert [once(first), once(first), once(other)] == [{"title": n} for n in ("1", "1", "2")]
