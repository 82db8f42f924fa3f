"""Mail: a message is a document with its headers and its text; mailboxes, attachments and saved pages
(MHTML) are containers."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import Container, Importer, SourceImporter, hookimpl
from dateline_mail.attachments import Attachments
from dateline_mail.mailbox import Mailbox
from dateline_mail.mhtml import SavedPage
from dateline_mail.reader import Mail


@hookimpl
def dateline_importers() -> Iterable[Importer | SourceImporter]:
    return [Mail()]


@hookimpl
def dateline_containers() -> Iterable[Container]:
    return [Mailbox(), Attachments(), SavedPage()]
