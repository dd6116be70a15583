"""Hostile texts cost little, and no text is a crash."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from texts import GOOD

from netspec import source
from netspec.diagnostic import SpecError


def bomb() -> str:
    names = "abcdefghij"
    lines = [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise(names)]
    return "\n".join(["a: &a [1, 2, 3]", *lines])


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


def test_reading_a_spec_is_light() -> None:
    code = (
        "import sys, netspec.source; print(*{'torch', 'numpy', 'rich', 'typer'} & {*sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "\n"
