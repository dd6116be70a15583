"""Audit rules: the examples of their documentation, the figures they give, and how they yield."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import typer
from torch import nn
from typer.testing import CliRunner

from netspec import compiler, layers, rules
from netspec import report as audit
from netspec.cli.rule import rule
from netspec.cli.rule import rules as rule_list
from netspec.diagnostic import Diagnostic
from netspec.language.spec import Audit
from netspec.network.build import module
from netspec.rules import _kinds
from netspec.rules._budget import MEASURES
from netspec.source import parse

HOME = Path(__file__).parents[1]
NAMES = rules.names()
COMMANDS = typer.Typer()
COMMANDS.command()(rule)
COMMANDS.command("rules")(rule_list)
TRAIN = "train: {data: {dataset: MNIST}, batch_size: 8, epochs: 5, optimizer: Adam}"


def findings(text: str) -> list[Diagnostic]:
    report = audit.examine(parse(text, "spec.yaml"))
    assert report.plan is not None, report.diagnostics
    return report.diagnostics


def codes(text: str) -> list[str]:
    return [found.code for found in findings(text)]


def messages(text: str, code: str) -> list[str]:
    return [found.message for found in findings(text) if found.code == code]


def net(*entries: str, shape: str = "[1, 28, 28]", more: str = "") -> str:
    lines = [f"input: {shape}", "layers:", *(f"  - {entry}" for entry in entries), more]
    return "\n".join(lines) + "\n"


def example(name: str, what: str) -> str:
    found = re.search(rf"^{what}:\n\n```yaml\n(.*?)```$", rules.find(name).doc, re.M | re.S)
    assert found, f"{name} shows nothing {what.lower()}"
    return found[1]


# The documentation


@pytest.mark.parametrize("name", NAMES)
def test_bad_example_of_a_rule_is_flagged_once_and_with_its_severity(name: str) -> None:
    found = [one for one in findings(example(name, "Bad")) if one.code == name]
    assert len(found) == 1
    assert found[0].severity == rules.find(name).severity
    assert found[0].span


@pytest.mark.parametrize("name", NAMES)
def test_good_example_of_a_rule_is_not_flagged(name: str) -> None:
    assert name not in codes(example(name, "Good"))


@pytest.mark.parametrize("name", NAMES)
def test_rule_has_a_summary_and_says_why(name: str) -> None:
    summary, _, rest = rules.find(name).doc.partition("\n")
    assert summary.endswith(".")
    assert len(summary) <= 90
    assert len(rest.partition("Bad:")[0].split()) > 8


@pytest.mark.parametrize("name", NAMES)
def test_findings_follow_the_style_of_messages(name: str) -> None:
    for found in findings(example(name, "Bad")):
        for text in (found.message, found.help or "x"):
            assert not text.endswith(".")
            assert "  " not in text


def test_every_kind_of_layer_is_known_to_be_linear_or_not() -> None:
    known = {*_kinds.ACTIVATIONS, *_kinds.LINEAR, "composite", "normalization"}
    known |= {"pooling", "adaptive", "power", "instance", "layer_norm", "local_norm"}
    assert set(layers.KINDS.values()) <= known


# Specs of the repository

JUSTIFIED: dict[str, list[str]] = {}


@pytest.mark.parametrize(
    "path",
    sorted([*HOME.glob("specs/*.yaml"), *HOME.glob("examples/*.yaml")]),
    ids=lambda path: path.stem,
)
def test_specs_of_the_repository_are_clean_or_say_why_not(path: Path) -> None:
    assert [one.code for one in audit.check(path).diagnostics] == JUSTIFIED.get(path.stem, [])


# Ignoring and levels

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


# Budgets


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("max_params", "80", None),
        ("max_params", "79", "80 parameters, 1 over the 79 allowed"),
        ("min_params", "80", None),
        ("min_params", "81", "80 parameters, 1 under the 81 asked for"),
        ("max_macs", "48672", None),
        ("max_macs", "48k", "48,672 MACs a sample, 672 over the 48,000 allowed"),
        ("min_macs", "1M", "48,672 MACs a sample, 951,328 under the 1,000,000 asked for"),
        ("max_activation_bytes", "43_264", None),
        (
            "max_activation_bytes",
            "42 KiB",
            "43,264 bytes of outputs a sample, 256 over the 43,008 allowed",
        ),
        ("max_layers", "1", "2 layers, 1 over the 1 allowed"),
        ("min_layers", "3", "2 layers, 1 under the 3 asked for"),
        ("max_receptive_field", "3", None),
        ("max_receptive_field", "2", "receptive field of 3 px is 1 over the 2 allowed"),
        ("max_receptive_field", "10 %", "receptive field of 3 px is 10.7 % of 28, over 10 %"),
        ("min_receptive_field", "3", None),
        ("min_receptive_field", "4", "receptive field of 3 px is 1 under the 4 asked for"),
        ("min_receptive_field", "10 %", None),
        (
            "min_receptive_field",
            "60 %",
            "receptive field of 3 px is 10.7 % of 28, under the 60 % asked for",
        ),
        ("output", "[8, 26, 26]", None),
        ("output", "[8, 26]", "the output is (8, 26, 26), not (8, 26)"),
    ],
)
def test_budget_is_kept_or_broken_by_as_much_as_it_says(
    key: str, value: str, message: str | None
) -> None:
    text = net("Conv2d: [8, 3]", "{Flatten: [1, 1]}", more=f"audit:\n  {key}: {value}")
    found = findings(text)
    assert [one.message for one in found] == ([message] if message else [])
    for one in found:
        assert one.severity == "error"
        assert one.span
        assert (one.span.line, one.span.column) == (6, len(key) + 5)


def test_every_budget_of_the_audit_is_checked() -> None:
    budgets = {key for key in Audit.model_fields if key.startswith(("max_", "min_"))}
    measured = {f"{end}_{key}" for key in (*MEASURES, "receptive_field") for end in ("max", "min")}
    assert budgets == measured


def test_training_bytes_have_budgets() -> None:
    text = net("Conv2d: [8, 3]", more="audit: {max_training_bytes: 1 B, min_training_bytes: 1 GiB}")
    assert codes(text) == ["over-budget", "under-budget"]


@pytest.mark.parametrize(
    ("shape", "entries", "message"),
    [
        ("[4]", ["Linear: 10"], "there is no receptive field, the input has no spatial axis"),
        ("[1, 28, 28]", ["Flatten", "Linear: 10"], None),
        (
            "[1, 28, 28]",
            ["AdaptiveAvgPool2d: 5"],
            "no unit of 0, which have no single receptive field, sees over 7 px, "
            "3 under the 10 asked for",
        ),
        (
            "[1, 28, 28]",
            ["Conv2d: [8, [3, 15]]"],
            "receptive field of 3 px is 7 under the 10 asked for",
        ),
    ],
)
def test_receptive_field_budget_says_what_it_measures(
    shape: str, entries: list[str], message: str | None
) -> None:
    text = net(*entries, shape=shape, more="audit: {min_receptive_field: 10}")
    assert messages(text, "under-budget") == ([message] if message else [])


# What each rule takes for its business: spec and findings of one rule

CASES: list[tuple[str, str, list[str]]] = [
    ("narrow-view", net("Conv2d: [8, 3]", "AvgPool2d: 20"), []),
    (
        "narrow-view",
        net("Conv2d: [8, 3]", "AvgPool2d: 26", "AdaptiveAvgPool2d: 1", shape="[1, 5, 5]").replace(
            "26", "3"
        ),
        ["none of the 3 x 3 units pooled here sees more than 3 of 5 rows and columns"],
    ),
    ("nothing-left-to-see", net("Conv2d: [8, 3, 1, 1]", shape="[4, 1, 1]"), []),
    ("nothing-left-to-see", net("Conv2d: [8, 15, 1, 7]", "Conv2d: [8, 1]", shape="[4, 8, 8]"), []),
    (
        "nothing-left-to-see",
        net(
            "Conv2d: [4, 15, 1, 7]",
            "Residual: [{Conv2d: [4, 1]}]",
            "Conv2d: [4, 3]",
            shape="[4, 8, 8]",
        ),
        [],
    ),
    ("wasted-positions", net("Residual: [{Conv2d: [1, 1, 1]}]", "Conv2d: [4, 3]"), []),
    (
        "wasted-positions",
        net("Residual: {body: [{Conv2d: [1, 3, 2, 1]}], shortcut: [{Conv2d: [1, 1, 2]}]}"),
        [],
    ),
    (
        "bias-before-norm",
        net("Linear: 8", "BatchNorm1d", shape="[4]"),
        ["1 (BatchNorm1d) cancels this bias: 8 parameters wasted"],
    ),
    ("bias-before-norm", net("Conv2d: [8, 3]", "ReLU", "BatchNorm2d"), []),
    ("bias-before-norm", net("Conv2d: [8, 3]", "Concat: [[], [BatchNorm2d]]"), []),
    (
        "bias-before-norm",
        net("Sequential: [{Conv2d: [8, 3]}]", "Sequential: [BatchNorm2d]"),
        ["1.0 (BatchNorm2d) cancels this bias: 8 parameters wasted"],
    ),
    ("bias-before-norm", net("Conv2d: [8, 3, 1, 1]", "Residual: [BatchNorm2d]"), []),
    (
        "dropout-before-norm",
        net("Dropout: 0.1", "ReLU", "BatchNorm2d"),
        ["dropout of 0.1 shifts the variance that 2 (BatchNorm2d) learns"],
    ),
    ("dropout-before-norm", net("Dropout: 0.1", "Conv2d: [8, 3]", "BatchNorm2d"), []),
    ("dropout-before-norm", net("Dropout: 0", "BatchNorm2d"), []),
    (
        "no-nonlinearity",
        net("Conv2d: [8, 3]", "BatchNorm2d", "AvgPool2d: 2", "Dropout", "Conv2d: [8, 3]"),
        ["nothing between 0 (Conv2d) and this is non-linear"],
    ),
    ("no-nonlinearity", net("Conv2d: [8, 3]", "MaxPool2d: 2", "Conv2d: [8, 3]"), []),
    (
        "no-nonlinearity",
        net("Conv2d: [8, 3]", "Gate: [AdaptiveAvgPool2d: 1]", "Conv2d: [8, 3]"),
        [],
    ),
    ("no-nonlinearity", net("Conv2d: [2, 1]", "Conv2d: [8, 3]", shape="[8, 9, 9]"), []),
    (
        "no-nonlinearity",
        net("Conv2d: [16, 1]", "Conv2d: [8, 3]", shape="[8, 9, 9]"),
        ["nothing between 0 (Conv2d) and this is non-linear"],
    ),
    (
        "no-nonlinearity",
        net("Conv2d: [8, 3, 1, 0, 1, 8]", "Conv2d: [16, 1]", shape="[8, 9, 9]"),
        [],
    ),
    ("no-nonlinearity", net("Conv2d: [8, [3, 1]]", "Conv2d: [8, [1, 3]]"), []),
    (
        "no-nonlinearity",
        net("Conv2d: [8, 3]", "Flatten", "Linear: 10"),
        ["nothing between 0 (Conv2d) and this is non-linear"],
    ),
    (
        "no-nonlinearity",
        net("Residual: [{Conv2d: [1, 3, 1, 1]}, {Conv2d: [1, 3, 1, 1]}]"),
        ["nothing between 0.body.0 (Conv2d) and this is non-linear"],
    ),
    ("activation-on-logits", net("Flatten", "Linear: 10", "Sigmoid"), []),
    (
        "activation-on-logits",
        net("Conv2d: [10, 3]", "ReLU", "AdaptiveAvgPool2d: 1", "Flatten", more=TRAIN),
        ["CrossEntropyLoss reads logits, which ReLU cuts short"],
    ),
    (
        "activation-on-logits",
        net("Flatten", "Linear: 10", "ReLU", "LogSoftmax", more=TRAIN),
        ["NLLLoss reads logits, which ReLU cuts short"],
    ),
    ("activation-on-logits", net("Flatten", "Linear: 10", "LogSoftmax", more=TRAIN), []),
    ("mismatched-softmax", net("Flatten", "Linear: 10", "LogSoftmax", more=TRAIN), []),
    ("mismatched-softmax", net("Flatten", "Linear: 10", "Softmax"), []),
    (
        "mismatched-softmax",
        net("Flatten", "Linear: 10", more=TRAIN.replace("batch", "loss: NLLLoss, batch")),
        ["NLLLoss needs log probabilities, and Linear gives none"],
    ),
    (
        "mismatched-softmax",
        net(
            "Flatten",
            "Linear: 10",
            "LogSoftmax",
            more=TRAIN.replace("batch", "loss: CrossEntropyLoss, batch"),
        ),
        ["CrossEntropyLoss applies a LogSoftmax of its own after this LogSoftmax"],
    ),
    ("disturbed-output", net("Conv2d: [10, 3]", "AdaptiveAvgPool2d: 1", "Flatten", more=TRAIN), []),
    (
        "disturbed-output",
        net("Conv2d: [10, 3]", "BatchNorm2d", "AvgPool2d: 26", "Flatten", more=TRAIN),
        ["batch norm between the logits and the loss"],
    ),
    (
        "disturbed-output",
        net("Conv2d: [10, 3]", "AdaptiveMaxPool2d: 1", "Flatten", more=TRAIN),
        ["max pool between the logits and the loss"],
    ),
    ("disturbed-output", net("Flatten", "Linear: 10", "BatchNorm1d"), []),
    (
        "unread-input",
        net("Conv2d: [8, [5, 3], [5, 1]]"),
        ["only 25 of 28 rows of the input are ever read"],
    ),
    (
        "unread-input",
        net("Conv2d: [8, 1, 2]"),
        ["only 14 of 28 rows and columns of the input are ever read"],
    ),
    ("unread-input", net("Concat: [[{Conv2d: [1, 1, 2]}], [AvgPool2d: 2]]"), []),
    (
        "narrow-view",
        net("Conv2d: [8, 3]", "AvgPool2d: 26"),
        ["none of the 26 x 26 units pooled here sees more than 3 of 28 rows and columns"],
    ),
    ("narrow-view", net("Conv2d: [8, 3]", "AvgPool2d: 13"), []),
    (
        "narrow-view",
        net("Conv2d: [8, 3]", "Gate: [AdaptiveAvgPool2d: 1]", "AdaptiveAvgPool2d: 1"),
        [],
    ),
    ("padded-taps", net("Conv2d: [8, 3, 1, 1]", shape="[1, 5, 5]"), []),
    (
        "padded-taps",
        net("Conv2d: [8, 3, 1, 1]", shape="[1, 4, 4]"),
        ["30.6 % of the taps over this 4 x 4 map fall on padding"],
    ),
    (
        "padded-taps",
        net(
            "Conv2d: {out_channels: 8, kernel_size: 3, padding: 1, padding_mode: reflect}",
            shape="[1, 4, 4]",
        ),
        [],
    ),
    (
        "padded-taps",
        net("Conv1d: [8, 9, 1, 4]", shape="[1, 5]"),
        ["44.4 % of the taps over this 5 map fall on padding"],
    ),
    (
        "dead-taps",
        net("Conv2d: [8, 3, 1, 1]", shape="[4, 1, 1]"),
        ["8 of 9 taps only ever meet padding: 256 parameters wasted"],
    ),
    (
        "dead-taps",
        net("Conv2d: [8, 3, 1, 2, 2]", shape="[4, 2, 2]"),
        ["8 of 9 taps only ever meet padding: 256 parameters wasted"],
    ),
    ("dead-taps", net("Conv2d: [8, 3, 1, 1]", shape="[4, 2, 2]"), []),
    ("gridding", net("Conv2d: [8, 3, 1, 2, 2]", "MaxPool2d: 2"), []),
    (
        "gridding",
        net("Conv2d: [8, 3, 1, 2, 2]", "ReLU", "Conv2d: [8, 3, 1, 2, 2]"),
        ["the centre unit of 2 leaves out 4 of the 9 rows that it spans"],
    ),
    (
        "misaligned-join",
        net("Residual: {body: [{Conv2d: [4, 3, 2, 1]}], shortcut: [{Conv2d: [4, 1, 2]}]}"),
        [],
    ),
    (
        "misaligned-join",
        net("Concat: [[{Conv2d: [4, 3, 2, 1]}], [{AvgPool2d: 2}]]"),
        ["units of 0 and 1 are centred 0.5 rows of the input apart"],
    ),
    (
        "misaligned-join",
        net("Concat: [[{Conv2d: [4, 15]}], [{Conv2d: [4, 2, 2]}]]"),
        ["0 and 1 step by 1 and 2 rows of the input"],
    ),
    ("misaligned-join", net("Concat: [[], [{MaxPool2d: 2}, {ConvTranspose2d: [1, 2, 2]}]]"), []),
    ("idle-layer", net("MaxPool2d: 1"), ["passes (1, 28, 28) on as it is"]),
    ("idle-layer", net("MaxPool2d: [3, 1, 1]"), []),
    ("idle-layer", net("ZeroPad2d: 0"), ["passes (1, 28, 28) on as it is"]),
    ("idle-layer", net("ZeroPad2d: {padding: [1, -1, 0, 0]}"), []),
    (
        "unused-argument",
        net("Conv2d: {out_channels: 8, kernel_size: 1, dilation: 2}"),
        ["dilation has no effect with a kernel of 1"],
    ),
    ("unused-argument", net("Conv2d: {out_channels: 8, kernel_size: [1, 3], dilation: 2}"), []),
    ("scaling-convolution", net("Conv2d: [8, 1, 1, 0, 1, 4]", shape="[8, 5, 5]"), []),
    ("data-mismatch", net("Flatten", "Linear: 10", more=TRAIN), []),
    ("data-mismatch", net("Linear: 10", shape="[784]", more=TRAIN), []),
    (
        "data-mismatch",
        net("Flatten", "Linear: 10", shape="[1, 32, 32]", more=TRAIN),
        ["MNIST has (1, 28, 28), the network reads (1, 32, 32)"],
    ),
    (
        "data-mismatch",
        net(
            "Flatten",
            "Linear: 10",
            shape="[1, 32, 32]",
            more=TRAIN.replace("MNIST", "MNIST, resize: true"),
        ),
        [],
    ),
    (
        "data-mismatch",
        net("Flatten", "Linear: 10", shape="[1, 16, 16]", more=TRAIN.replace("MNIST", "digits")),
        [],
    ),
    ("data-mismatch", net("Flatten", "Linear: 3", more=TRAIN.replace("MNIST", "folder")), []),
    (
        "data-mismatch",
        net(
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace("MNIST", "MNIST, mean: [0.1, 0.2], std: [1, 1]"),
        ),
        ["mean is for 2 channels, images have 1"],
    ),
    (
        "unreachable-goal",
        net(
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace("}, b", "}, goal: {accuracy: 1, last_epochs: 5}, b"),
        ),
        [],
    ),
    (
        "label-changing-augmentation",
        net(
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace("MNIST", "FashionMNIST, augment: [RandomHorizontalFlip]"),
        ),
        [],
    ),
    (
        "label-changing-augmentation",
        net(
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace(
                "MNIST", "MNIST, augment: [{RandomHorizontalFlip: 0}, {RandomAffine: 20}]"
            ),
        ),
        [],
    ),
    (
        "label-changing-augmentation",
        net(
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace("MNIST", "MNIST, augment: [{RandomRotation: 180}]"),
        ),
        ["RandomRotation by 180 degrees makes 6 and 9 of MNIST the same"],
    ),
    (
        "unnormalized-input",
        net(
            "BatchNorm2d",
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace("MNIST", "MNIST, mean: [0], std: [1]"),
        ),
        [],
    ),
    (
        "unused-variable",
        "vars: {a: 1, b: $a, c: 8}\ninput: [$b, 8, 8]\nlayers: [{Conv2d: [$(c // 2), 3]}]",
        [],
    ),
    (
        "unused-variable",
        "vars: {c: 1}\nblocks: {u: {args: {c: 2, d: 3}, layers: [{Conv2d: [$c, 3]}]}}\n"
        "input: [1, 8, 8]\nlayers: [u]",
        ["variable 'c' is never read", "block u never reads its argument 'd'"],
    ),
    (
        "unused-block",
        "blocks: {u: {layers: [v]}, v: {layers: [ReLU]}}\ninput: [1]\nlayers: [{Sequential: [u]}]",
        [],
    ),
]


@pytest.mark.parametrize(("name", "text", "expected"), CASES)
def test_rule_flags_what_is_its_business_and_nothing_else(
    name: str, text: str, expected: list[str]
) -> None:
    assert name in NAMES
    assert messages(text, name) == expected


SCHEDULES = [
    ("{StepLR: 4}", []),
    ("{StepLR: 5}", ["StepLR never steps: step_size 5, and there are 5 epochs"]),
    ("{MultiStepLR: [[2, 4]]}", []),
    (
        "{MultiStepLR: [[2, 7]]}",
        ["MultiStepLR takes its last step too late: milestones [2, 7], and there are 5 epochs"],
    ),
    (
        "{MultiStepLR: [[6, 7]]}",
        ["MultiStepLR never steps: milestones [6, 7], and there are 5 epochs"],
    ),
    ("CosineAnnealingLR", []),
    ("{CosineAnnealingLR: 5}", []),
    (
        "{CosineAnnealingLR: 3}",
        ["CosineAnnealingLR is at its lowest after 3 of 5 epochs, then rises again"],
    ),
    ("{CosineAnnealingLR: 9}", ["CosineAnnealingLR ends after 9 epochs, and there are 5"]),
    ("{PolynomialLR: 9}", ["PolynomialLR ends after 9 epochs, and there are 5"]),
    ("{LinearLR: {total_iters: 5}}", []),
    ("{ReduceLROnPlateau: {patience: 4}}", []),
    ("ReduceLROnPlateau", ["ReduceLROnPlateau never steps: patience 10, and there are 5 epochs"]),
    ("{ExponentialLR: 0.9}", []),
    ("{OneCycleLR: 0.1}", []),
]


@pytest.mark.parametrize(("scheduler", "expected"), SCHEDULES)
def test_schedule_that_fits_into_the_epochs_is_left_alone(
    scheduler: str, expected: list[str]
) -> None:
    text = net(
        "Flatten", "Linear: 10", more=TRAIN.replace("}, b", f"}}, scheduler: {scheduler}, b")
    )
    assert messages(text, "idle-scheduler") == expected


# The figure of wasted positions, against gradients

WASTEFUL = [
    ["{Conv2d: [2, 3, 1, 1]}", "{Conv2d: [2, 3, 1, 1]}", "AvgPool2d: 4"],
    ["{Conv2d: [2, 3]}", "ReLU", "{Conv2d: [3, 3]}", "{Conv2d: [2, 1, 3]}"],
    ["{Conv2d: [2, 3, 1, 1]}", "{ZeroPad2d: {padding: [-2, 0, -1, 0]}}"],
    ["{Residual: [{Conv2d: [1, 3, 1, 1]}]}", "{Conv2d: [1, 2, 3]}"],
    [
        "{Concat: [[{Conv2d: [1, 3, 1, 1]}, {Conv2d: [1, 3, 1, 1]}], [{Conv2d: [1, 5, 1, 2]}]]}",
        "AvgPool2d: 5",
    ],
]


@pytest.mark.parametrize("entries", WASTEFUL)
def test_wasted_macs_are_those_of_outputs_without_a_gradient(entries: list[str]) -> None:
    text = net(*entries, shape="[1, 14, 14]")
    (message,) = messages(text, "wasted-positions")
    plan = compiler.compile(parse(text, "spec.yaml"))
    model = module(plan.root).double()
    outputs: dict[str, torch.Tensor] = {}

    def keep(name: str, y: torch.Tensor) -> None:
        y.retain_grad()
        outputs[name] = y

    for name, part in model.named_modules():
        if isinstance(part, nn.Conv2d):
            nn.init.ones_(part.weight)
            part.register_forward_hook(lambda _, __, y, name=name: keep(name, y))
    model(torch.ones(1, *plan.input, dtype=torch.float64)).sum().backward()
    macs = {leaf.name: leaf.macs for leaf in plan.leaves}
    wasted = sum(
        macs[name] * int((y.grad[0, 0] == 0).sum()) // y[0, 0].numel()
        for name, y in outputs.items()
        if y.grad is not None
    )
    assert wasted > 0
    assert f"{wasted:,} MACs wasted" in message


# Start-up and the command line


def test_checking_loads_no_heavy_package() -> None:
    program = (
        "import sys; from netspec.report import check; check(sys.argv[1]); print(*sys.modules)"
    )
    command = [sys.executable, "-c", program, str(HOME / "specs" / "mnist.yaml")]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "netspec.rules.bias_before_norm" in loaded
    assert not {"torch", "numpy", "rich"} & set(loaded)


def test_command_explains_a_rule_with_its_examples() -> None:
    result = CliRunner().invoke(COMMANDS, ["rule", "bias-before-norm"])
    assert result.exit_code == 0
    assert result.stdout.startswith("bias-before-norm (warning)\n\nA bias that")
    assert "    layers: [{Conv2d: [8, 3]}, BatchNorm2d, ReLU]\n" in result.stdout
    assert "```" not in result.stdout


def test_command_lists_every_rule_with_severity_and_summary() -> None:
    lines = CliRunner().invoke(COMMANDS, ["rules"]).stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(NAMES)
    for line, name in zip(lines, NAMES, strict=True):
        assert line.split(maxsplit=2)[1:] == [rules.find(name).severity, rules.find(name).summary]


def test_command_names_the_nearest_rule_for_an_unknown_one() -> None:
    result = CliRunner().invoke(COMMANDS, ["rule", "bias-before-nrm"])
    assert result.exit_code != 0
    assert str(result.exception) == "no rule is called 'bias-before-nrm'"
    assert getattr(result.exception, "help", None) == "did you mean bias-before-norm?"
