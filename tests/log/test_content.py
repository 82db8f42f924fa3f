"""The content of a row is plain, encrypted, missing, or not something that Dateline stores."""

from __future__ import annotations

import pytest

from dateline.log import hashing
from dateline.log.content import Encrypted, Malformed, Missing, Plain, dump, load

SALT = bytes(hashing.SALT_BYTES)


@pytest.mark.parametrize(
    ("subject_key", "salt", "body", "wanted"),
    [
        (None, SALT, b"{}", Plain(SALT, b"{}")),
        ("key", SALT, b"{}", Plain(SALT, b"{}")),
        ("key", None, b"sealed", Encrypted("key", b"sealed")),
        (None, None, None, Missing()),
        ("key", None, None, Missing()),
        (None, None, b"{}", Malformed),
        (7, None, b"{}", Malformed),
        ("key", SALT, None, Malformed),
        (None, "salt", b"{}", Malformed),
        (None, SALT, 1, Malformed),
    ],
)
def test_every_row_has_one_kind_of_content(
    subject_key: object, salt: object, body: object, wanted: object
) -> None:
    found = load(subject_key, salt, body)
    assert found == wanted or type(found) is wanted
    if isinstance(found, Plain | Encrypted):
        assert dump(found) == (salt, body)


def test_content_matches_only_the_commitment_to_it_and_with_a_whole_salt() -> None:
    committed = hashing.commitment(SALT, b"{}")
    assert Plain(SALT, b"{}").matches(committed)
    assert not Plain(SALT, b"{ }").matches(committed)
    assert not Plain(SALT[:-1], b"\0{}").matches(committed)
