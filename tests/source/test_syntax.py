"""Broken YAML is explained where one would look."""

from __future__ import annotations

import pytest
import yaml
from texts import refused

from netspec.diagnostic import Span

SYNTAX = {
    # name: (text, line, column, columns, words of message or help)
    "bracket never closed": ("a: 1\nb: [1, 28\nc: 3\n", 2, 4, 1, "this '[' is not closed"),
    "bracket open at the end": ("a: [1, 28", 1, 4, 1, "close it with ']'"),
    "brace never closed": ("a:\n  - B: {c: 1\n  - D: 2\n", 2, 8, 1, "this '{' is not closed"),
    "wrong bracket": ("a: {b: [1, 2}\n", 1, 13, 1, "expected ']', found '}'"),
    "bracket too many": ("a: [1]]\n", 1, 7, 1, "unexpected ']'"),
    "comma missing": ("a: {b: 1 c: 2}\n", 1, 11, 1, "expected ',' or '}'"),
    "value missing": ("a: ,\n", 1, 4, 1, "expected a value, found ','"),
    "indented too little": ("a:\n  - b\n - c\n", 3, 2, 1, "the indentation matches no line above"),
    "indented too far": ("a:\n  b: 1\n   c: 2\n", 3, 4, 1, "align it with line 2"),
    "item's key too far": ("- name: x\n\n     Conv2d: 3\n", 3, 6, 6, "align it with line 1"),
    "tab": ("a:\n\t- b\n", 2, 1, 1, "a tab cannot indent"),
    "tab after a value": ("a:\n  b: 1\n\tc: 1\n", 3, 1, 1, "indent with spaces"),
    "colon missing": ("name x\nlayers:\n  - a\n", 1, 1, 6, "expected ':' after name x"),
    "colon missing over a list": ("a: 1\nlayers\n  - b\n", 2, 1, 6, "expected ':' after layers"),
    "colon missing at the end": ("a: 1\nlayers\n", 2, 1, 6, "expected ':' after layers"),
    "no space after colon": ("a: 1\nlayers:3\n", 2, 7, 1, "layers: 3"),
    "no space in the first line": ("name:x\nlayers: 3\n", 1, 5, 1, "expected a space after ':'"),
    "question mark": ("a: ? b\n", 1, 4, 1, "a value cannot start with '?'"),
    "second colon": ("a: 99 %: x\n", 1, 8, 1, "quote the value"),
    "list after its key": ("a: - b\n", 1, 4, 1, "a list cannot start on the line of its key"),
    "list after mapping": ("a: 1\n- b\n", 2, 1, 1, "expected a key, as in line 1, found '-'"),
    "mapping after list": ("- a\nb: 1\n", 2, 1, 1, "expected '- ', as in line 1, found 'b'"),
    "quote never closed": ('a: 1\nb: "c\nd: 2\n', 2, 4, 1, 'this " is never closed'),
    "text after a quote": ("a: 'b' c\n", 1, 8, 1, "unexpected 'c'"),
    "reserved character": ("a: @b\n", 1, 4, 1, "a value cannot start with '@'"),
    "star": ("a: *\n", 1, 4, 1, "expected a name after '*'"),
    "text after |": ("a: |b\n", 1, 5, 1, "expected a new line after '|'"),
    "text after the end": ("a: 1\n...\nb\n", 3, 1, 1, "expected the end of the file"),
}


@pytest.mark.parametrize("case", SYNTAX)
def test_broken_yaml_is_explained_where_one_would_look(case: str, parser: str) -> None:
    text, line, column, columns, words = SYNTAX[case]
    found = refused(text)
    assert found.span
    assert found.code == "yaml-syntax"
    place = (found.span.line, found.span.column, found.span.end_column - found.span.column)
    assert place == (line, column, columns)
    assert words in f"{found.message} / {found.help}"


def test_an_unknown_escape_is_explained(parser: str) -> None:
    assert "single quotes" in (refused('a: "\\q"\n').help or "")


@pytest.mark.skipif(not hasattr(yaml, "CBaseLoader"), reason="only the C parser minds")
def test_a_space_missing_before_a_brace_is_explained() -> None:
    found = refused("a: {b:{c: 1}}\n")
    assert found.message == "expected a space after ':'"
    assert found.span == Span(1, 6, 1, 7)
