"""Texts of specs, and what is said of them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from netspec import source
from netspec.compiler import compile, examine
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, SpecError
from netspec.source import parse

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


def plan_of(text: str) -> Plan:
    return compile(parse(dedent(text), "spec.yaml"))


def entry(text: str, shape: str = "[4, 8, 8]", head: str = "") -> str:
    return f"input: {shape}\n{head}layers:\n  - {text}\n"


def leaves(text: str) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(leaf.name, leaf.kind, leaf.output.shape) for leaf in plan_of(text).leaves]


def codes(text: str) -> list[tuple[str, int, int]]:
    report = examine(parse(dedent(text), "spec.yaml"))
    return [(d.code, d.span.line, d.span.column) for d in report.diagnostics if d.span]
