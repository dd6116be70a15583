"""Nothing outside layers goes by the name of a kind."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import netspec
from netspec import layers

PACKAGE = Path(netspec.__file__).parent
OUTSIDE = [
    file.relative_to(PACKAGE).as_posix()
    for file in sorted(PACKAGE.rglob("*.py"))
    if file.relative_to(PACKAGE).parts[0] != "layers"
]
LISTING = {
    "compiler/unknown.py", "compiler/slips.py", "pages/schema.py", "pages/completion.py",
    "pages/forms.py", "pages/places.py", "pages/reference.py", "cli/complete.py", "cli/layer.py",
    "fixes.py",
}  # fmt: skip
"""Where all kinds are listed, to say which there are."""
WRITING = {
    "pages/forms.py", "rules/mismatched_softmax.py", "rules/spatial_linear.py",
    "rules/wrong_output.py", "language/training/losses.py",
}  # fmt: skip
"""Where layers are written into a spec, as all of `capture/` does, or stand in a loss of torch."""


@pytest.mark.parametrize("file", OUTSIDE)
def test_nothing_outside_layers_asks_for_the_name_of_a_kind_or_of_a_family(file: str) -> None:
    found = questions((PACKAGE / file).read_text())
    listed = [one for one in found if one.endswith("KINDS") and file in LISTING]
    writes = file in WRITING or file.startswith("capture/")
    written = [one for one in found if one.strip("'") in layers.KINDS and writes]
    assert [one for one in found if one not in listed + written] == []


@pytest.mark.parametrize(
    "text",
    [
        'node.kind == "Plain"',
        '"Norm" in node.kind',
        'node.kind in ("A", "B")',
        'node.kind.startswith("Batch")',
        'last != "LogSoftmax"',
        'PASSIVE = ("Linear", "Identity")',
        "layers.KINDS[node.kind]",
        "match layer.kind:\n    case 'Plain': pass",
        'type(module).__name__ == "Plain"',
        'WIDTHS = {"Linear": -1}',
    ],
)
def test_a_question_for_a_name_is_noticed(text: str) -> None:
    assert questions(text)


def questions(text: str) -> list[str]:
    """Questions for the name of a kind in a file's text; a look-up of one is none."""
    nodes = list(ast.walk(ast.parse(text)))
    looked_up = {
        id(argument)
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        for argument in node.args
        if node.func.attr in ("find", "parse")
    }
    found = []
    for node in nodes:
        match node:
            case ast.Compare():
                parts = [node.left, *node.comparators]
                texts = [one for part in parts for one in ast.walk(part) if is_text(one)]
                asks = any(map(is_name, parts)) and texts
            case ast.Call(func=ast.Attribute(value=value, attr=attribute)):
                asks = is_name(value) and attribute in ("startswith", "endswith", "find", "count")
            case ast.Match(subject=subject):
                asks = is_name(subject)
            case ast.Name(id=name) | ast.Attribute(attr=name):
                asks = name in ("KINDS", "FAMILIES")
            case ast.Constant(value=value):
                asks = value in layers.KINDS and id(node) not in looked_up
            case _:
                asks = False
        if asks:
            found.append(ast.unparse(node))
    return found


def is_name(node: ast.expr) -> bool:
    """Whether it is the name of a kind or class; that of a dtype of numpy's is none."""
    named = isinstance(node, ast.Attribute) and node.attr in ("kind", "__name__")
    return named and not ast.unparse(node).endswith("dtype.kind")


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
