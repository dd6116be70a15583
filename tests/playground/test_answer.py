"""What the playground is told is what check, the editor's hints and the pages say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from netspec import report
from netspec.pages.codes import page
from netspec.pages.hints import hints
from netspec.pages.reading import read
from netspec.playground import answer
from netspec.playground.answer import Desk

ROOT = Path(__file__).parents[2]
SPEC = (ROOT / "specs" / "mnist-8k.yaml").read_text(encoding="utf-8")
WASTED = """input: [1, 28, 28]
layers:
  - Conv2d: {out_channels: 8, kernel_size: 3}
  - BatchNorm2d
"""
BROKEN = "input: [1, 8\nlayers: ["
TOO_WIDE = "input: [1, 8, 8]\nlayers: [{Conv2d: [4, 31]}]"


def check(text: str) -> Any:
    return json.loads(Desk().check(text))


def test_findings_and_hints_are_those_of_check_and_of_the_editor() -> None:
    told = check(SPEC.replace(", bias: false", ""))
    found = report.read(SPEC.replace(", bias: false", ""), answer.NAME).diagnostics
    assert [(one["code"], one["line"]) for one in told["findings"]] == [
        (one.code, one.span and one.span.line) for one in found
    ]
    assert len(found) > 1
    shown = [one["text"] for one in check(SPEC)["hints"]]
    assert shown == [one.text for one in hints(read(SPEC, answer.NAME)) if one.text]


@pytest.mark.parametrize(
    ("text", "hints", "undrawn"),
    [
        (SPEC, True, None),
        (BROKEN, False, answer.BEFORE),
        (TOO_WIDE, True, answer.BEFORE),
        ("input: [1, 8, 8]\nlayers: [{ReLU: , repeat: 2001}]", True, "2,001 layers of up to 8 "),
        ("input: [1, 10001]\nlayers: [ReLU]", True, "1 layers of up to 10,001 "),
    ],
    ids=["clean", "no YAML", "error", "many layers", "long axis"],
)
def test_what_cannot_be_shown_is_null_and_the_page_says_why(
    text: str, hints: bool, undrawn: str | None
) -> None:
    told = check(text)
    assert (told["hints"] is not None, told["view"] is not None) == (hints, undrawn is None)
    assert (told["undrawn"] or "").startswith(undrawn or "")


def test_a_hover_is_of_the_line_as_it_is_now_and_stays_while_the_text_is_broken() -> None:
    desk = Desk()
    assert json.loads(desk.hover(WASTED, 3, 6))["text"] is None
    desk.check(WASTED)
    lower = "# a line more\n" + WASTED
    (before, now) = (
        json.loads(desk.hover(one, 3 + i, 6))["text"] for i, one in enumerate([WASTED, lower])
    )
    assert "(28 − 3) / 1 + 1 = 26" in before
    assert now == before
    desk.check(BROKEN)
    assert json.loads(desk.hover(WASTED, 3, 6))["text"] == before


def test_pages_completions_and_fixes_are_answered() -> None:
    desk = Desk()
    assert page("too-deep").doc in json.loads(desk.rule("too-deep"))["text"]
    desk.check(WASTED)
    offered = json.loads(desk.complete(WASTED + "  - Conv", 5, 9))["choices"]
    assert "Conv2d" in [one["label"] for one in offered]
    told = json.loads(desk.fixed(WASTED.replace("kernel_size: 3", "kernel_siz: 3")))
    assert (told["made"], told["text"]) == (1, WASTED)
