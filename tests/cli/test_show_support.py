"""What `show` and `status` say of how well facts are supported, and of doubts about them."""

from __future__ import annotations

import json

from dateline.pytest_plugin import Cli
from dateline.testing import samples


def test_show_says_how_a_fact_is_supported_as_the_view_does(ferry: Cli) -> None:
    def shown(*options: str) -> tuple[str, int, int]:
        [record] = json.loads(ferry("show", "ferry", "f1", "-f", "json", *options).out)
        [row] = [
            row
            for row in json.loads(ferry("show", "ferry", "support", "-f", "json", *options).out)
            if row["fact"] == "f1"
        ]
        own = (
            json.loads(record["support"])
            if isinstance(record["support"], str)
            else record["support"]
        )
        assert (own["standing"], own["independent"], len(own["publishers"])) == (
            row["standing"], row["independent"], row["publishers"],
        )  # fmt: skip
        return row["standing"], row["independent"], row["publishers"]

    assert shown() == ("single source", 1, 1)
    assert "single source; 1 independent voice" in ferry("show", "ferry", "f1").out
    link = ("link", "ferry", "f2", "disputes", "f1")
    assert ferry(*link).code == 0
    assert shown() == ("single source, disputed", 1, 1)
    assert ferry("retract", "ferry", "f2", "--reason", "Miscounted").code == 0
    assert shown() == ("single source", 1, 1)
    assert ferry("retract", "ferry", "f1", "--reason", "Miscounted").code == 0
    assert "independent voice" not in ferry("show", "ferry", "f1").out


def test_status_says_how_many_doubts_are_open_as_long_as_the_view_is_live(ferry: Cli) -> None:
    wrong = samples.figure(text="144 are ashore", quantities=[
        {"measure": "passengers ashore", "value": 1440, "verbatim": "143 of 193"},
    ])  # fmt: skip
    given = json.dumps(wrong)
    assert "Open doubts" not in ferry("status").err
    assert ferry("import", "--story", "ferry", "-", stdin=given).code == 0
    assert "Open doubts" not in ferry("status").err  # nothing is folded for it
    assert ferry("show", "ferry", "doubts").code == 0
    assert "Open doubts: ferry " in ferry("status").err
    assert ferry("review", "ferry", "f3", "checked", "--reviewer", "desk").code == 0
    assert "Open doubts, at position" in ferry("status").err
    assert ferry("show", "ferry", "doubts").code == 0
    assert "Open doubts" not in ferry("status").err
