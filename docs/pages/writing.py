"""What the pages share: how a signature and a docstring are written."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from types import FunctionType
from typing import Any

NOTE = "<!-- Written by docs/generate.py: change the code or docs/pages, then run it. -->\n"


def signature(function: FunctionType, name: str | None = None) -> str:
    """As it is written, whatever Python reads it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    tree.name = name or tree.name
    return declared(tree)


def declared(node: ast.FunctionDef, *, bare: bool = False) -> str:
    arguments = node.args
    for listed in (arguments.posonlyargs, arguments.args):
        if listed and listed[0].arg in ("self", "cls"):
            del listed[0]
    given = "" if bare else f"({ast.unparse(arguments)})"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    return f"{node.name}{given}{returns}"


def doc(item: Any) -> str:
    """Its own docstring, as Markdown: the one of a base class does not count."""
    own = item.__dict__.get("__doc__") if isinstance(item, type) else item.__doc__
    if not own:
        raise KeyError(f"{item.__name__} says nothing of itself")
    # A doctest is a block of its own.
    return re.sub(r"(?m)^>>> .*(?:\n.+)*", r"```text\n\g<0>\n```", inspect.cleandoc(own))
