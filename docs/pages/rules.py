"""The page of refusal rules."""

from __future__ import annotations

from pages.writing import NOTE

from dateline.events import rules, strict
from dateline.recording import batch

STRICT = {
    "json": "The line is no JSON object in UTF-8.",
    "duplicate-key": "A key stands twice in one object: readers differ on which one counts.",
    "finite": "A number is NaN or infinite.",
    "number-range": "A number is past 2^53 - 1, where numbers lose digits.",
    "nul": "A text holds U+0000.",
    "surrogate": "A text holds half of a surrogate pair, which is no character.",
    "depth": "Objects and lists are nested deeper than 64.",
    "size": "A line is longer than 192 MiB.",
}
BATCH = {
    "shape": "A field is missing, not known, or of another type than the catalogue says.",
    "reserved": "A line sets what is the archive's to set (`subject_key`, `content.erased`); what "
    "another archive's export tells of its own erasures is taken, unless the events are here.",
    "type-unknown": "No event type has that name. A plugin's (`vendor.noun.verb`) is kept raw.",
    "version-unknown": "The schema version is newer than this Dateline's, and no id says that "
    "another Dateline wrote it.",
    "story-unknown": "No `story.opened` stands above the line and no story was named, or it is "
    "not there.",
    "document": "A document cannot be read, does not decode, or is archived under another charset.",
    "source-bytes": "The `source` is not the SHA-256 of the document that came with it.",
    "event-id-taken": "An event of that id is there, with other content.",
    "event-erased": "An event of that id was erased where it was recorded, as an imported "
    "`content.erased` says.",
    "perhaps-erased": "A line without `event_id` that is not protected goes into a story in which what "
    "was protected was erased with its key, and nothing can tell whether this is it.",
    "line-repeated": "A line stands twice in the batch.",
    "evidence-missing": "An `exact` without offsets is nowhere in the source.",
    "evidence-ambiguous": "An `exact` without offsets is in the source several times; they are "
    "listed.",
    "protection": "A line would outlive the subject it speaks of: it names what is protected under "
    "another subject or several, goes with a fact that is not under the one that was given, or names "
    "what is protected in a notice about what is not.",
    "recorded-at": "The time of recording is before the story's last event.",
    "reported-at": "The time given is not when the source was published.",
}
PAYLOAD = {
    "slug-form": "A slug is not lower-case words joined by hyphens, is longer than 80 characters, "
    "or names a device on Windows.",
    "slug-taken": "A story of that slug is there already.",
    "story-closed": "The story is closed already.",
    "entity-form": "An entity id is not like `person:jane-doe` (or `org:`, `place:`, `group:`), or its "
    "`kind` is another.",
    "entity-taken": "The entity is introduced in this story already.",
    "source-form": "A source is not `sha256:` and 64 lower-case hex digits.",
    "source-taken": "The source is captured in this story already.",
    "fact-form": "A fact's id is not like `f1` or `f27`.",
    "fact-taken": "The fact is recorded already, with other content: correct it instead.",
    "entity-unknown": "A named entity is introduced neither in the story nor in the batch.",
    "reference-self": "A fact, entity or source refers to itself.",
    "fact-unknown": "A named fact is not there; what an editor acts on must stand already.",
    "source-unknown": "The source is captured neither in the story nor in the batch.",
    "edtf": "A date is not of the EDTF subset.",
    "quantity-bounds": "A value is outside its bounds, more than there are, or bounds are crossed.",
    "identifier-form": "A Wikidata or GeoNames id, a latitude or a longitude cannot be one.",
    "blank": "A text that must say something says nothing.",
    "evidence-empty": "A fact has no evidence, or an item quotes nothing.",
    "evidence-text": "The `exact` is not the source's text at those offsets.",
    "evidence-context": "The `prefix` or `suffix` does not stand beside the quotation.",
    "quote-evidence": "A `quote` equals the `exact` of no evidence of role quote or content.",
    "speaker-missing": "A statement has no speaker, or a direct one no quote.",
    "verbatim": "A quantity's `verbatim` is not in the source.",
    "source-missing": "The source's document is not there, or is an empty text.",
    "source-chars": "The document has another number of characters than `chars` says.",
    "chain-publisher": "The last step of the attribution is not the source's publisher.",
    "chain-order": "The attribution does not run from origin over relays to publisher.",
    "independence": "`corroborates` does not say whether the two are independent.",
    "link-self": "A fact is linked to itself.",
    "already-retracted": "The fact is retracted: there is nothing left to change.",
    "already-withdrawn": "The source is withdrawn already.",
    "correction-empty": "A correction changes nothing.",
    "correction-was": "The `was` of a change is not what stands.",
    "correction-result": "The corrected fact would be none, or would break a rule itself.",
}


def rules_page() -> str:
    parts = [
        NOTE,
        "# Refusal rules\n",
        (
            "Bad input is refused whole: `dateline import` lists every finding with its line, field "
            "and the name of the rule, and nothing is written. Each rule has a test that breaks it, "
            "and a test that the first one fails when the rule is switched off "
            "(`tests/events/test_rules.py`, `tests/events/test_strict.py`).\n"
        ),
    ]
    for title, names, meanings in (
        ("Reading a line", strict.RULES, STRICT),
        ("A line in its batch", batch.RULES, BATCH),
        ("What an event says", rules.RULES, PAYLOAD),
    ):
        parts += [f"## {title}\n", "| rule | refused when |", "| --- | --- |"]
        parts += [f"| `{name}` | {meanings[name]} |" for name in names]
        parts.append("")
    return "\n".join(parts)
