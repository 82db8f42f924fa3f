"""The page of refusal rules."""

from __future__ import annotations

from pages.writing import NOTE

from dateline.events import rules, strict
from dateline.recording import batch

STRICT = {
    "json": "The line is not a JSON object in UTF-8.",
    "duplicate-key": "A key occurs twice in one object: readers differ on which one counts.",
    "finite": "A number is NaN or infinite.",
    "number-range": "A number is beyond 2^53 - 1, where numbers lose digits.",
    "nul": "A text contains U+0000.",
    "surrogate": "A text contains half of a surrogate pair, which is not a character.",
    "depth": "Objects and lists are nested deeper than 64 levels.",
    "size": "A line is longer than 192 MiB.",
}
BATCH = {
    "shape": "A field is missing or unknown, or its type is not the one in the event catalogue.",
    "reserved": "A line sets something that only the archive may set (`subject_key`, "
    "`content.erased`). Erasures in another archive's export are accepted, unless the erased events "
    "are in this archive.",
    "type-unknown": "There is no event type with that name. Events of an unknown type of a plugin "
    "(`vendor.noun.verb`) are kept raw.",
    "version-unknown": "The schema version is newer than the newest known one, and the line has no "
    "`event_id`, so another Dateline did not write it.",
    "story-unknown": "There is no `story.opened` above the line and no story was named, or that story "
    "does not exist.",
    "document": "A document cannot be read or decoded, or is archived with another charset.",
    "source-bytes": "The `source` is not the SHA-256 of the document that came with it.",
    "event-id-taken": "An event with that id already exists, with different content.",
    "event-erased": "According to an imported `content.erased`, the event with that id was erased in "
    "the archive where it was recorded.",
    "perhaps-erased": "The line is neither protected nor has an `event_id`, and protected content of "
    "its story was erased with its key. It cannot be told whether the line was part of that.",
    "line-repeated": "A line occurs twice in the batch.",
    "evidence-missing": "An `exact` without offsets is not in the source.",
    "evidence-ambiguous": "An `exact` without offsets occurs several times in the source. The finding "
    "lists the places.",
    "protection": "A line would survive the erasure of a subject that it refers to: it names content "
    "protected under another subject or under several; or it is a notice about a fact that is not "
    "protected under the given subject; or it is a notice that names protected content, and its fact "
    "is not protected under the same subject.",
    "recorded-at": "The time of recording is before the story's last event.",
    "reported-at": "The given time is not when the source was published.",
}
PAYLOAD = {
    "slug-form": "A slug is not lower-case words joined by hyphens, is longer than 80 characters, "
    "or names a device on Windows.",
    "slug-taken": "A story with that slug already exists.",
    "story-closed": "The story is already closed.",
    "entity-form": "An entity id does not have the form `person:jane-doe` (or `org:`, `place:`, "
    "`group:`), or does not match the `kind`.",
    "entity-taken": "The entity is already introduced in this story.",
    "source-form": "A source is not `sha256:` followed by 64 lower-case hex digits.",
    "source-taken": "The source is already captured in this story.",
    "fact-form": "A fact's id does not have the form `f1` or `f27`.",
    "fact-taken": "The fact is already recorded with different content: correct it instead.",
    "entity-unknown": "A named entity is introduced neither in the story nor in the batch.",
    "reference-self": "A fact, entity or source refers to itself.",
    "fact-unknown": "A named fact does not exist. The fact of a notice must be recorded before it.",
    "source-unknown": "The source is captured neither in the story nor in the batch.",
    "edtf": "A date is not in the EDTF subset.",
    "quantity-bounds": "A value is outside its bounds or above its total, or the lower bound is above the upper one.",
    "identifier-form": "A Wikidata or GeoNames id, a latitude or a longitude is not valid.",
    "blank": "A required text is blank.",
    "evidence-empty": "A fact or `evidence.added` has no evidence, or the `exact` of an item is empty.",
    "evidence-text": "The `exact` is not the source's text at those offsets.",
    "evidence-context": "The `prefix` or `suffix` is not the text next to the quotation.",
    "quote-evidence": "A `quote` does not equal the `exact` of any evidence with the role quote or content.",
    "speaker-missing": "A statement has no speaker, or a direct statement has no quote.",
    "verbatim": "A quantity's `verbatim` is not in the source.",
    "source-missing": "The source's document is missing, or is an empty text.",
    "source-chars": "The number of characters of the document is not `chars`.",
    "chain-publisher": "The last step of the attribution is not the source's publisher.",
    "chain-order": "The attribution does not run from origin through relays to publisher.",
    "independence": "A `corroborates` link does not state whether the two facts are independent.",
    "link-self": "A fact is linked to itself.",
    "fact-elsewhere": "A fact is linked to a fact of another story that does not exist.",
    "already-retracted": "The fact is already retracted, so it can no longer be changed.",
    "already-withdrawn": "The source is already withdrawn.",
    "amendment-empty": "An amendment changes nothing.",
    "amendment-was": "An amendment's `was` is not the current value.",
    "amendment-result": "An amendment changes a field that it cannot, or the result breaks a rule.",
    "merge": "The two ids are of different kinds, are the same, or one of them was merged before.",
    "revocation": "There is no such act, it cannot be taken back, or something builds on it.",
    "correction-empty": "A correction changes nothing.",
    "correction-was": "The `was` of a change is not the current value.",
    "correction-result": "The corrected fact would not be valid, or would itself break a rule.",
}


def rules_page() -> str:
    parts = [
        NOTE,
        "# Refusal rules\n",
        (
            "If any line of an input breaks a rule, the whole input is refused: `dateline import` lists "
            "every finding with its line, its field and the name of the rule, and nothing is written. "
            "Each rule has a test with input that breaks it, and a test that the first test fails if the "
            "rule is switched off (`tests/events/test_rules.py`, `tests/events/test_strict.py`).\n"
        ),
    ]
    for title, names, meanings in (
        ("Reading a line", strict.RULES, STRICT),
        ("A line in its batch", batch.RULES, BATCH),
        ("The data of an event", rules.RULES, PAYLOAD),
    ):
        parts += [f"## {title}\n", "| rule | refused when |", "| --- | --- |"]
        parts += [f"| `{name}` | {meanings[name]} |" for name in names]
        parts.append("")
    return "\n".join(parts)
