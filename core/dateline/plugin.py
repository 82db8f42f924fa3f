"""The public API for plugins: the only module that a plugin imports.

    from dateline.plugin import FactRow, FactView, FigureRecorded, hookimpl


    class Measures(FactView):
        \"\"\"Every number, in words.\"\"\"

        name, version, of = "measures", 1, FigureRecorded

        class Row(FactRow):
            words: str

        def rows(self, fact):
            for quantity in fact.data.quantities:
                yield self.Row(words=quantity_words(quantity))


    @hookimpl
    def dateline_views():
        return [Measures()]

Save it as a file in a folder and run ``dateline --plugins-dir FOLDER show STORY measures``.
"""

from __future__ import annotations

from dateline.documents.charset import find_charset, marked_charset, web_charset
from dateline.documents.document import BINARY, Document
from dateline.documents.html_text import html_text
from dateline.documents.json_file import json_file
from dateline.documents.whole import whole
from dateline.documents.word_diff import Piece, word_diff
from dateline.doubts.doubt import Doubt, Doubter
from dateline.doubts.equal import EqualFacts
from dateline.doubts.finding import corroborating, open_doubts
from dateline.errors import (
    DatelineError,
    Finding,
    MissingLibrary,
    Refused,
    SealedContent,
    UnknownName,
)
from dateline.events.byline import Byline, read_byline
from dateline.events.clock import from_iso, to_iso
from dateline.events.counting import Counts, counts
from dateline.events.editorial import (
    ContentErased,
    EventRevoked,
    EvidenceAdded,
    FactCorrected,
    FactDisputed,
    FactRetracted,
    FactReviewed,
    FactsLinked,
)
from dateline.events.edtf import Edtf
from dateline.events.edtf import parse as parse_edtf
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.envelope import Event, RecordedBy
from dateline.events.fact import (
    AssessmentRecorded,
    FigureRecorded,
    OccurrenceRecorded,
    RoleRecorded,
    StatementRecorded,
    StateRecorded,
)
from dateline.events.figures import Figure, figure_words, figures
from dateline.events.fold import FoldedEvent
from dateline.events.links import Link
from dateline.events.parts import (
    Actor,
    Change,
    Channel,
    ErasedEvent,
    Evidence,
    Factuality,
    InContainer,
    PlaceRef,
    Quantity,
    Step,
    Time,
    Times,
)
from dateline.events.payload import Erased, FactNotice, FactPayload, Payload, Raw, Wording, worded
from dateline.events.publication import is_publication_date, stated_date
from dateline.events.readings import drawn, lost, original, readings, superseded
from dateline.events.registry import EventType, to_fields
from dateline.events.series import AllSeries
from dateline.events.source import SourceAmended, SourceCaptured, SourceWithdrawn
from dateline.events.state import Fact, StoryState
from dateline.events.status import Status
from dateline.events.story import StoryClosed, StoryOpened, StoryRetitled
from dateline.events.strict import MAX_BYTES as MAX_LINE
from dateline.events.strict import JsonObject
from dateline.events.strict import parse as parse_json
from dateline.events.support import Support, support
from dateline.events.tally import Tally
from dateline.events.tombstones import ErasedFact
from dateline.events.words import (
    act_words,
    chain_arrows,
    chain_words,
    changed_fields,
    number_words,
    quantity_words,
)
from dateline.export.cut import Cut, StatedCut
from dateline.export.exporter import Exporter, Material
from dateline.export.paging import Pages, located
from dateline.language.dates import NotADate, UnclearDate
from dateline.language.dates import understand as understand_date
from dateline.language.stated import stated_figures
from dateline.plugins.checks import Check
from dateline.plugins.containers import Contained, Container
from dateline.plugins.executors import Executor, Fold
from dateline.plugins.formats import Extracted, Importer, SourceImporter
from dateline.plugins.hookspecs import hookimpl
from dateline.plugins.packed import open_zip, read_entry, unpacked, why_unreadable
from dateline.proposals.proposer import Candidate, Known, Proposer
from dateline.recording.line import CUT, ERASED, Line
from dateline.recording.naming import entity_id
from dateline.records.change import change_rows, change_title
from dateline.records.entry import entry_row
from dateline.records.fact import erased_record, fact_record
from dateline.records.hit import hit_row
from dateline.records.overview import story_row
from dateline.records.profile import profile_record
from dateline.records.source import source_record, versions
from dateline.register.profile import Profile
from dateline.text import csv_cell, legible, legible_line, markdown, one_line, visible
from dateline.views.forms import (
    DocumentView,
    EntityView,
    EventView,
    FactView,
    SourceView,
    StoryView,
    captured_documents,
)
from dateline.views.projection import Nearby, View
from dateline.views.row_type import Column, FactRow, ViewRow
from dateline.views.rows import Rows
from dateline.views.story_changes import StoryChange
from dateline.views.table import Table
from dateline.views.things import CapturedDocument, Entity, Source
from dateline.views.view_schema import last

__all__ = [
    "BINARY", "Byline", "CUT", "ERASED", "MAX_LINE", "Actor", "AllSeries", "AssessmentRecorded", "Candidate", "CapturedDocument", "Change", "Channel", "Check", "Column",
    "Contained", "Container",
    "ContentErased", "Counts", "Cut", "DatelineError", "Document", "DocumentView", "Doubt", "Doubter", "Edtf", "Entity", "EntityAmended", "EntityIntroduced", "EntityMerged",
    "EntityView", "EqualFacts", "Erased", "ErasedEvent", "ErasedFact",
    "Event", "EventRevoked", "EventType", "EventView", "Evidence", "EvidenceAdded", "Executor", "Exporter", "Extracted", "Fact",
    "FactCorrected", "FactDisputed", "FactNotice", "FactPayload", "FactRetracted", "FactReviewed",
    "FactRow", "FactView", "FactsLinked", "Factuality", "Figure", "FigureRecorded", "Finding", "Fold", "FoldedEvent",
    "Importer", "InContainer", "JsonObject", "Known", "Line", "Link", "Material", "MissingLibrary", "Nearby",
    "NotADate", "OccurrenceRecorded", "Pages", "Payload", "Piece", "PlaceRef", "Profile", "Proposer", "Quantity", "Raw",
    "RecordedBy", "Refused", "RoleRecorded", "Rows", "SealedContent", "Source", "SourceAmended", "SourceCaptured",
    "SourceImporter", "SourceView", "SourceWithdrawn", "StateRecorded", "StatedCut", "StatementRecorded", "Status",
    "Step", "StoryChange", "StoryClosed", "StoryOpened", "StoryRetitled", "StoryState", "StoryView", "Support", "Table",
    "Tally", "Time", "Times", "UnclearDate", "UnknownName", "View", "ViewRow", "Wording", "act_words",
    "captured_documents", "chain_arrows", "chain_words", "change_rows", "change_title", "changed_fields",
    "corroborating", "counts", "csv_cell", "drawn", "entity_id", "entry_row", "erased_record", "fact_record",
    "figure_words", "figures", "find_charset", "from_iso", "hit_row", "hookimpl", "html_text", "is_publication_date",
    "json_file", "last", "legible", "legible_line", "located", "lost", "markdown", "marked_charset", "number_words",
    "one_line", "open_doubts", "open_zip", "original", "parse_edtf", "parse_json", "profile_record", "quantity_words",
    "read_byline", "read_entry", "readings", "source_record", "stated_date", "stated_figures", "story_row",
    "superseded", "support", "to_fields", "to_iso", "understand_date", "unpacked", "versions", "visible", "web_charset",
    "whole", "why_unreadable", "word_diff", "worded",
]  # fmt: skip
