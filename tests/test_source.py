"""What a spec's text may be, what it reads as, and where every complaint points."""

from __future__ import annotations

import math
import os
import random
import socket
import subprocess
import sys
import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netspec import source
from netspec.diagnostic import Diagnostic, Span, SpecError, UsageError

GOOD = """\
# yaml-language-server: $schema=netspec.schema.json
name: mnist-8k                      # default: the file's stem
description: "99.4 % on MNIST \\u00e9"
input: [1, 28, 28]

vars: {width: 8}

blocks:
  unit:
    args: {out_channels: , padding: 0, p: 0.05}
    layers: &body
      - Conv2d: {out_channels: $out_channels, kernel_size: 3, bias: false}
      - BatchNorm2d
      - Dropout2d: $p

layers:
  - name: conv1
    Sequential:   # two
      - unit: {out_channels: $width}
      -
      - unit: {out_channels: $(width + 3)}
  - Sequential: *body
  - Conv2d: [10,
             1]
train:
  note: |
    two
    lines
  optimizer: {Adam: {lr: 1e-2}}
"""


@pytest.fixture(params=["c", "python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "python":
        monkeypatch.delattr(yaml, "CBaseLoader")
    return str(request.param)


def refused(text: str | bytes) -> Diagnostic:
    with pytest.raises(SpecError) as caught:
        source.parse(text, "x.yaml")
    assert len(caught.value.diagnostics) == 1
    found = caught.value.diagnostics[0]
    assert found.path == "x.yaml"
    assert found.severity == "error"
    assert found.help, found
    for words in (found.message, found.help):
        assert "\n" not in words
        assert len(words) < 120
        assert not words.endswith(".")
    return found


def test_reads_plain_data(parser: str) -> None:
    data = source.parse(GOOD, "x.yaml").data
    body = [
        {"Conv2d": {"out_channels": "$out_channels", "kernel_size": 3, "bias": False}},
        "BatchNorm2d",
        {"Dropout2d": "$p"},
    ]
    assert data == {
        "name": "mnist-8k",
        "description": "99.4 % on MNIST é",
        "input": [1, 28, 28],
        "vars": {"width": 8},
        "blocks": {
            "unit": {"args": {"out_channels": None, "padding": 0, "p": 0.05}, "layers": body}
        },
        "layers": [
            {
                "name": "conv1",
                "Sequential": [
                    {"unit": {"out_channels": "$width"}},
                    None,
                    {"unit": {"out_channels": "$(width + 3)"}},
                ],
            },
            {"Sequential": body},
            {"Conv2d": [10, 1]},
        ],
        "train": {"note": "two\nlines\n", "optimizer": {"Adam": {"lr": 0.01}}},
    }


SCALARS = {
    "1e-3": 1e-3, "1.0e3": 1e3, "1E+3": 1e3, ".5": 0.5, "5.": 5.0, "+.5e1": 5.0, "-0.0": -0.0,
    "010": 10, "0o17": 15, "0x1f": 31, "0xFF": 255, "+12": 12, "-3": -3, "0": 0,
    "9223372036854775807": 2**63 - 1, "-9223372036854775807": -(2**63 - 1),
    "on": "on", "off": "off", "yes": "yes", "no": "no", "y": "y", "n": "n",
    "true": True, "True": True, "TRUE": True, "false": False, "tRUE": "tRUE",
    "": None, "~": None, "null": None, "Null": None, "nULL": "nULL",
    "12:30": "12:30", "1_000": "1_000", "0b11": "0b11", "0o8": "0o8", "-0x1f": "-0x1f",
    "2024-01-01": "2024-01-01", "1.2.3": "1.2.3", "1e": "1e", ".": ".", "-": [None], "=": "=",
    "+": "+", "e3": "e3", "1 2": "1 2", "'1'": "1", '"true"': "true", "'<<'": "<<", "nan": "nan",
    "$p": "$p", "$(a + 1)": "$(a + 1)", "{}": {}, "[]": [],
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS.items())
def test_scalars_read_as_yaml_1_2_core(text: str, value: object, parser: str) -> None:
    read = source.parse(f"x:\n  {text}\n", "x.yaml").data["x"]
    assert (read, type(read)) == (value, type(value))


PLACES = [
    # path, key, the text under the carets, its line
    (("name",), False, "mnist-8k", 2),
    (("name",), True, "name", 2),
    (("description",), False, '"99.4 % on MNIST \\u00e9"', 3),
    (("input",), False, "[1, 28, 28]", 4),
    (("input", 2), False, "28", 4),
    (("input", 2), True, "28", 4),
    (("vars",), False, "{width: 8}", 6),
    (("blocks",), False, "unit", 9),
    (("blocks",), True, "blocks", 8),
    (("blocks", "unit", "args", "out_channels"), False, "out_channels", 10),
    (("layers", 0), False, "name: conv1", 17),
    (("layers", 0, "Sequential"), False, "- unit: {out_channels: $width}", 19),
    (("layers", 0, "Sequential"), True, "Sequential", 18),
    (("layers", 0, "Sequential", 1), False, "-", 20),
    (("layers", 1, "Sequential"), False, "*body", 22),
    (("layers", 1, "Sequential", 0, "Conv2d", "bias"), True, "bias", 12),
    (("layers", 2, "Conv2d"), False, "[10", 23),
    (("layers", 2), False, "Conv2d: [10", 23),
    (("blocks", "unit", "layers"), False, "&body", 11),
    (("layers", 2, "Conv2d", 1), False, "1", 24),
    (("train", "note"), False, "|", 26),
    (("train", "optimizer", "Adam", "lr"), False, "1e-2", 29),
    # deeper than the file goes, or somewhere it does not
    (("input", 2, "int"), False, "28", 4),
    (("input", 3), False, "[1, 28, 28]", 4),
    (("name", "x", 0), True, "mnist-8k", 2),
    (("vars", "depth"), True, "{width: 8}", 6),
    (("nowhere", "name"), False, "name: mnist-8k", 2),
    ((), False, "name: mnist-8k", 2),
]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_spans_point_at_values_and_keys(line_break: str, bom: str, parser: str) -> None:
    spec = source.parse((bom + GOOD.replace("\n", line_break)).encode(), "x.yaml")
    for path, key, text, line in PLACES:
        span = spec.span(path, key)
        assert span.end_line == span.line, path
        under = spec.lines[span.line - 1][span.column - 1 : span.end_column - 1]
        assert (under, span.line) == (text, line), path


def test_columns_count_characters_not_bytes(parser: str) -> None:
    assert source.parse("é: {日本😀: 1}\n", "x.yaml").span(("é", "日本😀")).column == 10


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


def bomb() -> str:
    names = "abcdefghij"
    lines = [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise(names)]
    return "\n".join(["a: &a [1, 2, 3]", *lines])


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


HOSTILE = {
    "brackets": ("[" * 50_000, "too-deep"),
    "many brackets": ("[" * 1_000_000, "too-deep"),
    "braces": ("{a: " * 25_000, "too-deep"),
    "dashes": ("- " * 50_000, "too-deep"),
    "question marks": ("? " * 50_000, "too-deep"),
    "indents": ("\n".join(" " * n + "a:" for n in range(1400)), "too-deep"),
    "alias bomb": (bomb(), "too-many-aliases"),
    "alias chain": (
        "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 200)),
        "too-deep",
    ),
    "values": ("[" + "1," * 500_000 + "]", "too-large"),
    "anchors": ("- &a\n" * 170_000, "too-large"),
    "tag directives": ("%TAG !a! x\n" * 90_000 + "--- a\n", "yaml-directive"),
    "documents": ("---\n" * 250_000, "several-documents"),
    "open brackets in one line": ("{" + "a:" * 400_000, "yaml-syntax"),
    "long tag": ("!" + "a" * 1_000_000 + " x", "yaml-tag"),
    "digits": ("9" * 1_000_000, "number-too-large"),
}


PARSE_IN_300_MB = """
import resource, sys
from netspec import diagnostic, source
resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))
text = sys.stdin.buffer.read()
try:
    source.parse(text, "x.yaml")
except diagnostic.SpecError as error:
    print(error.diagnostics[0].code, error.diagnostics[0].span is not None)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS holds on Linux")
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_text_is_refused_quickly_in_little_memory(case: str) -> None:
    text, code = HOSTILE[case]
    child = subprocess.run(
        [sys.executable, "-c", PARSE_IN_300_MB],
        input=text[: source.MAX_BYTES].encode(),
        capture_output=True,
        check=False,
        timeout=10,
    )
    assert (child.stdout.decode(), child.stderr.decode()) == (f"{code} True\n", "")


def test_ten_thousand_layers_are_read_in_a_moment() -> None:
    text = "layers:\n" + "  - Conv2d: {out_channels: 8, kernel_size: 3}\n" * 10_000
    began = time.process_time()
    spec = source.parse(text, "x.yaml")
    assert time.process_time() - began < 3  # 0.3 s on an idle machine
    assert spec.span(("layers", 9_999, "Conv2d", "kernel_size")).line == 10_001


def test_a_file_is_read_and_named_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    os.symlink("a.yaml", tmp_path / "specs" / "link.yaml")
    for path in ("specs/a.yaml", Path("specs/a.yaml"), "./specs//a.yaml"):
        spec = source.load(path)
        assert (spec.path, spec.data) == ("specs/a.yaml", {"a": 1, "b": 2})
        assert spec.lines == ["a: 1", "b: 2", ""]
    assert source.load("specs/link.yaml").data == {"a": 1, "b": 2}


def unreadable(kind: str, folder: Path) -> Path:
    path = folder / "spec.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(str(path))
    elif kind == "device":
        return Path("/dev/zero")
    elif kind == "file for a folder":
        path.touch()
        return path / "spec.yaml"
    elif kind == "link to itself":
        path.symlink_to(path)
    elif kind == "name too long":
        return folder / ("a" * 300)
    return path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="files of these kinds are POSIX's")
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "no such file"),
        ("folder", "is a folder, not a file"),
        ("fifo", "is not a regular file"),
        ("socket", "is not a regular file"),
        ("device", "is not a regular file"),
        ("file for a folder", "not a directory"),
        ("link to itself", "symbolic link"),
        ("name too long", "too long"),
    ],
)
def test_only_a_readable_regular_file_will_do(kind: str, words: str, tmp_path: Path) -> None:
    path = unreadable(kind, tmp_path)
    with pytest.raises(UsageError, match=words) as caught:
        source.load(path)
    assert path.as_posix() in str(caught.value)
    assert caught.value.help
    assert caught.value.exit_code == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="FIFOs are POSIX's")
def test_a_file_that_turns_into_a_fifo_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regular, fifo = tmp_path / "a.yaml", tmp_path / "fifo"
    regular.touch()
    os.mkfifo(fifo)
    mode = os.stat(regular)
    monkeypatch.setattr(source.os, "stat", lambda path: mode)
    with pytest.raises(UsageError, match="is not a regular file"):
        source.load(fifo)


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "mnist.yaml").touch()
    with pytest.raises(UsageError) as caught:
        source.load(tmp_path / "mnits.yaml")
    assert caught.value.help == "did you mean mnist.yaml?"


@pytest.mark.parametrize("path", ["a\0b", b"sp\xe9cs.yaml".decode("utf8", "surrogateescape")])
def test_odd_names_are_no_crash(path: str) -> None:
    with pytest.raises(UsageError):
        source.load(path)


def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(SpecError, match="larger than 1024 KiB"):
            source.load(path)
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()


def test_a_file_without_permission_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: object, flags: int) -> int:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.yaml"
    path.touch()
    monkeypatch.setattr(source.os, "open", denied)
    with pytest.raises(UsageError, match=r"cannot read .*a\.yaml: permission denied"):
        source.load(path)


@settings(max_examples=int(os.environ.get("NETSPEC_FUZZ", "300")), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(GOOD) - 1),
            st.integers(0, 6),
            st.binary(min_size=1, max_size=3)
            | st.sampled_from([*b"[]{}:,-?&*!|>'\"%@`#~<\\\t\n\r "]).map(
                lambda code: bytes([code])
            ),
        ),
        min_size=1,
        max_size=6,
    )
)
@example([(0, 6, b"\xff")])
@example([(297, 6, b"\n")])  # a key over two lines
def test_mutated_specs_raise_only_spec_errors(edits: list[tuple[int, int, bytes]]) -> None:
    text = bytearray(GOOD.encode())
    for start, length, new in edits:
        text[start : start + length] = new
    try:
        spec = source.parse(bytes(text), "x.yaml")
    except SpecError as error:
        (found,) = error.diagnostics
        assert found.span or found.code == "too-large", found
        assert "\n" not in found.message
        assert not found.message.startswith("not YAML"), (found, text)
    else:
        visit(spec.data, (), spec)


def visit(value: object, path: tuple[str | int, ...], spec: source.Source) -> None:
    """Every value is plain, and its place is in the file."""
    assert type(value) in (dict, list, str, int, float, bool, type(None))
    assert not isinstance(value, float) or math.isfinite(value)
    span = spec.span(path)
    assert 1 <= span.line <= len(spec.lines)
    assert 1 <= span.column <= span.end_column <= len(spec.lines[span.line - 1]) + 1
    items = value.items() if isinstance(value, dict) else ()
    for key, below in enumerate(value) if isinstance(value, list) else items:
        assert type(key) in (str, int)
        visit(below, (*path, key), spec)


def test_both_parsers_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(7)

    def outcome(text: str) -> object:
        try:
            spec = source.parse(text, "x.yaml")
        except SpecError:
            return "refused"
        return spec.data, [spec.span(path, key) for path, key, *_ in PLACES]

    texts = [GOOD]
    for _ in range(150):
        at = draw.randrange(len(GOOD))
        texts.append(
            GOOD[:at] + draw.choice("[]{}:,-&*'\"# \nx1") + GOOD[at + draw.randint(0, 3) :]
        )
    by_c = [outcome(text) for text in texts]
    assert 10 < by_c.count("refused") < 140
    monkeypatch.delattr(yaml, "CBaseLoader")
    assert [outcome(text) for text in texts] == by_c


def test_reading_a_spec_is_light() -> None:
    code = (
        "import sys, netspec.source; print(*{'torch', 'numpy', 'rich', 'typer'} & {*sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "\n"
