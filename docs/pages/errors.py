"""The page of error codes, made from the calls in the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from pages.writing import NOTE

from dateline import errors

PACKAGES = (Path(errors.__file__).parent, Path(errors.__file__).parents[2] / "plugins")
INTRO = """
# Error codes

Every error that Dateline raises on purpose has a code beside its words: `DatelineError.code` in Python, and a last line
on stderr with `--debug`. Words may improve from release to release; codes do not change. A refused line of input
is listed by [rule](rules.md) instead, under the code `refused`.

| code | what it says |
| --- | --- |
"""


def errors_page() -> str:
    said: dict[str, list[str]] = {}
    for code, words in sorted({*_classes(), *_calls()}):
        listed = said.setdefault(code, [])
        if words not in listed:
            listed.append(words)
    rows = [f"| `{code}` | {'<br>'.join(words)} |" for code, words in sorted(said.items())]
    return NOTE + INTRO + "\n".join(rows) + "\n"


def _classes() -> Iterator[tuple[str, str]]:
    """(code, first sentence of the docstring) of each class of error."""
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.DatelineError) and kind.__doc__:
            yield kind.code, _cell(kind.__doc__.partition("\n\n")[0])


def _calls() -> Iterator[tuple[str, str]]:
    """(code, words) of each call that gives a code."""
    for package in PACKAGES:
        for path in sorted(package.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and node.args:
                    for keyword in node.keywords:
                        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                            words = _words(node.args[0])
                            if isinstance(keyword.value.value, str) and words:
                                yield keyword.value.value, _cell(words)


def _words(node: ast.expr) -> str:
    """A message as its template: what is filled in is shown as an ellipsis."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
        )
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    return ""


def _cell(text: str) -> str:
    plain = " ".join(text.replace("``", "`").split())
    return plain.replace("|", "\\|").replace("<", "&lt;")
