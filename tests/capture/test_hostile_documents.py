"""Hostile documents: each is made here, and refused with one clear error."""

from __future__ import annotations

import pytest
from tests.capture.conftest import Capture

from dateline.testing import packed

ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.docx", packed.zipped({"word/document.xml": ENTITY + "<a>&b;</a>"}), "document-unreadable"),
        ("a.odt", packed.zipped({"content.xml": ENTITY + "<a>&b;</a>"}), "document-unreadable"),
        ("a.docx", packed.zipped({"word/document.xml": " " * (2 << 20)}), "member-too-large"),
        ("a.docx", packed.zipped({"word/document.xml": "<a>" * 10_000}), "document-unreadable"),
        ("a.docx", packed.zipped({"other.xml": "<a/>"}), "not-that-document"),
        ("a.xlsx", packed.zipped({"xl/workbook.xml": "<a/>"}), "document-unreadable"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + bytes(100), "document-unreadable"),
    ],
)  # fmt: skip
def test_hostile_office_documents_are_explained(
    capture: Capture, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, code: str
) -> None:
    monkeypatch.setattr("dateline_office.packed.MAX_PART", 1 << 20)
    assert capture(name, content) == {"": code}
