"""What a text may not have, and where every complaint points."""

from __future__ import annotations

import pytest
import yaml
from texts import refused

from netspec import source
from netspec.diagnostic import Span

REFUSED = {
    "empty": (b"", "empty-file", (1, 1)),
    "only comments": (b"# nothing\n---\n", "empty-file", (1, 1)),
    "not utf-8": (b"name: x\nnote: caf\xe9\n", "not-utf8", (2, 10)),
    "utf-16": ("name: x\n".encode("utf-16"), "not-utf8", (1, 1)),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "not-utf8", (1, 1)),
    "zero byte": (b"name: x\n\x00\n", "not-text", (2, 1)),
    "escape code": (b"name: \x1b[31mx\n", "not-text", (1, 7)),
    "line separator": ("name: a\u2028b\n", "not-text", (1, 8)),
    "second byte order mark": ("\ufeff\ufeffname: a\n", "not-text", (1, 1)),
    "lone surrogate": ("name: \ud800\n", "not-text", (1, 7)),
    "escaped control": (b'name: "a\\e"\n', "not-text", (1, 7)),
    "too many bytes": (b" " * (source.MAX_BYTES + 1), "too-large", None),
    "two documents": (b"a: 1\n---\nb: 2\n", "several-documents", (2, 1)),
    "python tag": (b"a: !!python/object/apply:os.system [ls]\n", "yaml-tag", (1, 4)),
    "own tag": (b"a: !foo 1\n", "yaml-tag", (1, 4)),
    "tag of a list": (b"a: !foo\n  - 1\n", "yaml-tag", (1, 4)),
    "bare tag": (b"a: ! 1\n", "yaml-tag", (1, 4)),
    "unknown tag handle": (b"a: !x!y 1\n", "yaml-tag", (1, 4)),
    "directive": (b"%TAG ! tag:x\n---\na: 1\n", "yaml-directive", (1, 1)),
    "merge key": (b"a: &a {b: 1}\nc:\n  <<: *a\n", "merge-key", (3, 3)),
    "integer key": (b"a: 1\n2: 1\n", "key-not-text", (2, 1)),
    "boolean key": (b"a: {true: 1}\n", "key-not-text", (1, 5)),
    "null key": (b"a: {~: 1}\n", "key-not-text", (1, 5)),
    "list key": (b"? [a]\n: 1\n", "key-not-text", (1, 3)),
    "duplicate key": (b"a: 1\nb: 2\na: 3\n", "duplicate-key", (3, 1)),
    "duplicate quoted key": (b"a: {b: 1, 'b': 2}\n", "duplicate-key", (1, 11)),
    "unknown alias": (b"a: *b\n", "unknown-alias", (1, 4)),
    "recursive alias": (b"a: &a [1, *a]\n", "recursive-alias", (1, 11)),
    "huge integer": (b"a: " + b"9" * 5000, "number-too-large", (1, 4)),
    "big integer": (b"a: 9223372036854775808\n", "number-too-large", (1, 4)),
    "negative integer": (b"a: -9223372036854775808\n", "number-too-large", (1, 4)),
    "huge hex": (b"a: 0x8000000000000000\n", "number-too-large", (1, 4)),
    "huge float": (b"a: 1e999\n", "number-too-large", (1, 4)),
    "infinity": (b"a: -.inf\n", "number-not-finite", (1, 4)),
    "not a number": (b"a: [.NaN]\n", "number-not-finite", (1, 5)),
    "65 lists": (b"[" * 65 + b"]" * 65, "too-deep", (1, 65)),
    "65 levels by alias": (
        b"a: &a " + b"[" * 40 + b"]" * 40 + b"\nb: " + b"[" * 24 + b"*a" + b"]" * 24,
        "too-deep",
        (2, 28),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_content_is_refused_with_a_place(case: str, parser: str) -> None:
    text, code, place = REFUSED[case]
    found = refused(text)
    assert found.code == code
    assert (found.span and (found.span.line, found.span.column)) == place


def test_a_duplicate_key_names_the_line_of_the_first(parser: str) -> None:
    assert refused("a: 1\nb: 2\na: 3\n").help == "the first is on line 1"


def test_64_levels_are_allowed(parser: str) -> None:
    data = source.parse("[" * 64 + "]" * 64, "x.yaml").data
    for _ in range(63):
        (data,) = data
    assert data == []


@pytest.mark.parametrize("loader", ["CBaseLoader", "BaseLoader"])
@pytest.mark.parametrize(
    "before", ["a: ", 'a: "[[["\nb: ', "a: don't\r\nb: ", "{ä: [[], 日本], b: "]
)
def test_nesting_is_refused_where_it_begins_whatever_limit_a_parser_has(
    monkeypatch: pytest.MonkeyPatch, loader: str, before: str
) -> None:
    monkeypatch.setattr(yaml, "CBaseLoader", getattr(yaml, loader))
    found = refused(before + "[" * 5_000)

    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 64
    assert (found.code, found.span) == ("too-deep", Span(line, column, line, column + 1))


@pytest.mark.parametrize("text", ['a: "' + "[" * 5_000 + "\nb: [x", "a: '" + "[" * 5_000])
def test_brackets_in_a_string_that_is_never_closed_nest_nothing(text: str) -> None:
    assert refused(text).message == f"this {text[3]} is never closed"
