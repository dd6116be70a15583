"""What becomes of findings: their places and levels, and where a spec says to ignore them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from audited import codes, findings, net

from netspec import report as audit
from netspec.source import parse

HOME = Path(__file__).parents[2]
BIAS = net("Conv2d: [8, 3]", "BatchNorm2d", "ReLU")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BIAS, ["bias-before-norm"]),
        (BIAS + "audit: {ignore: [bias-before-norm]}", []),
        (BIAS.replace("Conv2d: [8, 3]", "{Conv2d: [8, 3], ignore: [bias-before-norm]}"), []),
        (
            BIAS.replace("BatchNorm2d", "{BatchNorm2d: , ignore: [bias-before-norm]}"),
            ["bias-before-norm", "unused-ignore"],
        ),
        (BIAS + "audit: {ignore: [gridding]}", ["bias-before-norm", "unused-ignore"]),
        (BIAS + "audit: {ignore: [bias-before-norms]}", ["bias-before-norm", "unknown-rule"]),
        (BIAS + "audit: {levels: {gridded: note}}", ["bias-before-norm", "unknown-rule"]),
        (net("{Sequential: [{Conv2d: [8, 3]}, BatchNorm2d], ignore: [bias-before-norm]}"), []),
    ],
)
def test_ignored_rules_are_silent_where_they_are_ignored(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


BLOCK = """
input: [1, 28, 28]
blocks:
  unit:
    args: {n: }
    layers:
      - Conv2d: [$n, 3]
      - BatchNorm2d
      - ReLU
layers:
  - unit: 8
  - repeat: 2
    unit: 16
"""


def test_one_line_of_a_block_gives_one_finding_with_its_first_use_and_all_its_waste() -> None:
    (found,) = findings(BLOCK)
    assert found.message == "1 (BatchNorm2d) cancels this bias: 40 parameters wasted in 3 layers"
    assert found.span
    assert (found.span.line, found.span.column) == (7, 9)
    assert found.layer == "0"
    assert [(block, at.line) for block, at in found.trace] == [("unit", 11)]


def test_ignore_of_one_use_of_a_block_leaves_the_others() -> None:
    text = BLOCK.replace("  - unit: 8", "  - unit: 8\n    ignore: [bias-before-norm]")
    (found,) = findings(text)
    assert found.message == "4 (BatchNorm2d) cancels this bias: 32 parameters wasted in 2 layers"


def test_ignore_inside_an_unused_block_is_not_reported_on_top() -> None:
    text = BLOCK.replace("blocks:", "blocks:\n  spare:\n    layers:\n"
                         "      - {ReLU: , ignore: [gridding]}")  # fmt: skip
    assert sorted(codes(text)) == ["bias-before-norm", "unused-block"]


def test_unknown_rule_is_an_error_at_its_name_with_the_nearest() -> None:
    found = findings(BIAS + "audit: {ignore: [bias-before-norms]}")[-1]
    assert (found.severity, found.message) == ("error", "no rule is called 'bias-before-norms'")
    assert found.help == "did you mean bias-before-norm?"
    assert found.span
    assert (found.span.line, found.span.column) == (7, 18)


@pytest.mark.parametrize("level", ["error", "warning", "note"])
def test_level_of_a_rule_is_what_the_audit_says(level: str) -> None:
    (found,) = findings(BIAS + f"audit: {{levels: {{bias-before-norm: {level}}}}}")
    assert found.severity == level


def test_level_that_does_not_exist_is_refused() -> None:
    report = audit.examine(parse(BIAS + "audit: {levels: {bias-before-norm: off}}", "spec.yaml"))
    assert "wrong-value" in [one.code for one in report.diagnostics]


@pytest.mark.parametrize(
    ("conv", "place"),
    [
        ("{Conv2d: {out_channels: 8, kernel_size: 3, bias: true}}", "true"),
        ("{Conv2d: [8, 3, 1, 0, 1, 1, true]}", "true"),
        ("{Conv2d: [8, 3]}", "Conv2d"),
        ("Conv2d: {out_channels: 8, kernel_size: 3}", "Conv2d"),
    ],
)
def test_finding_points_at_the_argument_or_at_the_layer_that_leaves_it_out(
    conv: str, place: str
) -> None:
    text = net(conv, "BatchNorm2d")
    (found,) = findings(text)
    assert found.span
    line = text.splitlines()[found.span.line - 1]
    assert line[found.span.column - 1 : found.span.end_column - 1] == place


def test_checking_loads_no_heavy_package() -> None:
    program = (
        "import sys; from netspec.report import check; check(sys.argv[1]); print(*sys.modules)"
    )
    command = [sys.executable, "-c", program, str(HOME / "specs" / "mnist.yaml")]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "netspec.rules.bias_before_norm" in loaded
    assert not {"torch", "numpy", "rich"} & set(loaded)
