"""Fixes: what they change, what they leave, and that they come to an end."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from audited import TRAIN, example, net
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netspec import fixes, report, rules, source
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic

FIXABLE = [name for name in rules.names() if rules.find(name).fix]
UNIT = "{unit: {args: {channels: }, layers: [Conv2d: [$channels, 3]]}}"
HEAD = "input: [1, 9, 9]\nlayers:\n"


def facts(plan: Plan) -> list[object]:
    return [(one.name, one.kind, one.output.shape, one.weights, one.recipe) for one in plan.leaves]


CASES = {
    "a bias, of arguments in order": (
        net("Conv2d: [8, 3]  # first", "BatchNorm2d", "ReLU"),
        net("Conv2d: {out_channels: 8, kernel_size: 3, bias: false}  # first", "BatchNorm2d",
            "ReLU"),
    ),
    "a bias, of one argument": (
        net("Linear: 8", "BatchNorm1d", shape="[4]"),
        net("Linear: {out_features: 8, bias: false}", "BatchNorm1d", shape="[4]"),
    ),
    "a bias, of arguments by name on lines of their own": (
        "input: [1, 9, 9]\nlayers:\n- Conv2d:\n    out_channels: 8  # wide\n    kernel_size: 3\n"
        "  name: c\n- BatchNorm2d\n",
        "input: [1, 9, 9]\nlayers:\n- Conv2d:\n    out_channels: 8  # wide\n    kernel_size: 3\n"
        "    bias: false\n  name: c\n- BatchNorm2d\n",
    ),
    "a bias, of arguments in order on lines of their own": (
        "input: [1, 9, 9]\nlayers:\n- Conv2d:\n  - 8  # wide\n  -   3\n- BatchNorm2d\n",
        "input: [1, 9, 9]\nlayers:\n- Conv2d:\n    out_channels: 8  # wide\n    kernel_size: 3\n"
        "    bias: false\n- BatchNorm2d\n",
    ),
    "a bias that is asked for": (
        net("Conv2d: {bias: true, out_channels: 8, kernel_size: 3}", "BatchNorm2d"),
        net("Conv2d: {bias: false, out_channels: 8, kernel_size: 3}", "BatchNorm2d"),
    ),
    "misspelt names, in the quotes that they have": (
        net("'Conv2D': {out_channels: 8, \"kernal_size\": 3, padding: 'SAME'}", "relu", "Flaten"),
        net("'Conv2d': {out_channels: 8, \"kernel_size\": 3, padding: 'same'}", "ReLU", "Flatten"),
    ),
    "a misspelt variable in an expression": (
        net("Conv2d: [$(2 * widht + 1), 3]", more="vars: {width: 8}"),
        net("Conv2d: [$(2 * width + 1), 3]", more="vars: {width: 8}"),
    ),
    "a misspelt argument of a block": (
        "input: [1, 9, 9]\nblocks: {unit: {args: {channels: }, layers: [Conv2d: [$channels, 3]]}}\n"
        "layers:\n- unit: {chanels: 4}\n",
        "input: [1, 9, 9]\nblocks: {unit: {args: {channels: }, layers: [Conv2d: [$channels, 3]]}}\n"
        "layers:\n- unit: {channels: 4}\n",
    ),
    "a misspelt optimizer and a misspelt rule": (
        net("Flatten", "Linear: 10", more=TRAIN.replace("Adam", "AdmaW")
            + "\naudit: {levels: {odd-chanels: error}}"),
        net("Flatten", "Linear: 10", more=TRAIN.replace("Adam", "AdamW")
            + "\naudit: {levels: {odd-channels: error}}"),
    ),
    "a word of another library": (
        net("Flatten", "Dense: {units: 10}"), net("Flatten", "Linear: {out_features: 10}"),
    ),
    "calls as in Python": (
        net("nn.Conv2d(1, 8, kernel_size=3)", "ReLU()  # then", "Flatten", "Linear(10)"),
        net("Conv2d: {out_channels: 8, kernel_size: 3}", "ReLU  # then", "Flatten", "Linear: 10"),
    ),
    "arguments that are inferred": (
        net("Conv2d: {in_channels: 1, out_channels: 8, kernel_size: 3}", "BatchNorm2d: 8",
            "Flatten", "Linear: [5408, 10]"),
        net("Conv2d: {out_channels: 8, kernel_size: 3, bias: false}", "BatchNorm2d", "Flatten",
            "Linear: [10]"),
    ),
    "channels that come in, in order": (
        net("Conv2d: [1, 8, 3]", "ReLU", "Flatten", "Linear: 10"),
        net("Conv2d: [8, 3]", "ReLU", "Flatten", "Linear: 10"),
    ),
    "figures that are expected": (
        HEAD + "- Conv2d: [4, 3]\n  expect: {params: 4, output: [4, 9, 9]}  # !\n",
        HEAD + "- Conv2d: [4, 3]\n  expect: {params: 40, output: [4, 7, 7]}  # !\n",
    ),
    "variables that nothing reads, the section with them": (
        "input: [9]\nvars:\n  a: 1\n  b: 2\n# here\nlayers: [ReLU]\n",
        "input: [9]\n# here\nlayers: [ReLU]\n",
    ),
    "variables on one row": (
        "input: [9]\nvars: {a: 1, b: 2, c: 3}\nlayers: [Linear: $b]\n",
        "input: [9]\nvars: {b: 2}\nlayers: [Linear: $b]\n",
    ),
    "an argument that a block never reads, and where it is given": (
        "input: [9]\nblocks: {u: {args: {c: , p: 1}, layers: [Linear: $c]}}\n"
        "layers: [u: [4, 5], ReLU, u: {p: 3, c: 4}, ReLU, u: 7]\n",
        "input: [9]\nblocks: {u: {args: {c: }, layers: [Linear: $c]}}\n"
        "layers: [u: [4], ReLU, u: {c: 4}, ReLU, u: 7]\n",
    ),
    "what is ignored and not there": (
        "input: [9]\nlayers:\n- ReLU:\n  ignore: [odd-channels]\n- Linear: 3\n"
        "audit: {max_params: 1k, ignore: [gridding]}\n",
        "input: [9]\nlayers:\n- ReLU:\n- Linear: 3\naudit: {max_params: 1k}\n",
    ),
    "an axis of the batch": (
        "input: [1, 3, 32, 32]\nlayers: [Conv2d: [8, 3], ReLU]\n",
        "input: [3, 32, 32]\nlayers: [Conv2d: [8, 3], ReLU]\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_fix_changes_what_is_wrong_and_nothing_else(case: str) -> None:
    before, after = CASES[case]
    assert fixes.fixed(before, "spec.yaml", unsafe=True).text == after
    assert fixes.fixed(after, "spec.yaml", unsafe=True).text == after


KEPT = {
    "a comment goes with it": "input: [9]\nvars:\n  a: 1  # why\n  b: 2\nlayers: [Linear: $b]\n",
    "the network changes": net("Conv2d: [8, 3]", "BatchNorm2d"),
    "two words are as near": net("Dropout4d"),
    "a figure that is expected": net("Conv2d: [8, 3]\n    expect: {params: 1}"),
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_is_not_safe_is_only_made_where_it_is_asked_for(text: str) -> None:
    assert fixes.fixed(text, "spec.yaml").text == text
    assert fixes.fixed(text, "spec.yaml", unsafe=True).text != text


UNTOUCHED = {
    "an alias is another place": "input: [1, 9, 9]\nlayers:\n- &a {Conv2d: [8, 3]}\n- BatchNorm2d\n"
    "- *a\n- ReLU\n",
    "one use of a block of two has no norm": "input: [1, 9, 9]\nblocks:\n  u: {layers: [Conv2d: "
    "[8, 3]]}\nlayers: [u, BatchNorm2d, u, ReLU]\n",
    "a variable says it": "input: [1, 9, 9]\nvars: {b: true}\nlayers:\n"
    "- Conv2d: {out_channels: 8, kernel_size: 3, bias: $b}\n- BatchNorm2d\n",
    "uses of a block expect different figures": "input: [9]\nblocks:\n  u: {args: {c: }, layers: "
    "[{Linear: $c, expect: {params: 1}}]}\nlayers: [u: 3, ReLU, u: 4]\n",
    "a copy has the figure, another has not": "input: [9]\nlayers:\n- Sequential:\n"
    "    - Linear: 4\n      expect: {params: 41}\n    - ReLU\n  repeat: 2\n",
}


@pytest.mark.parametrize("text", UNTOUCHED.values(), ids=UNTOUCHED)
def test_where_no_one_edit_is_right_there_is_no_fix(text: str) -> None:
    assert report.read(text, "spec.yaml").diagnostics
    assert fixes.fixed(text, "spec.yaml", unsafe=True).text == text


OTHERS = {
    "data-mismatch": net("Flatten", "Linear: 10", shape="[1, 32, 32]", more=TRAIN),
    "idle-scheduler": net("Flatten", "Linear: 10", more=TRAIN.replace(
        "Adam}", "Adam, scheduler: {CosineAnnealingLR: {T_max: 9}}}")),
}  # fmt: skip
"""Where the example of a rule is mended in more than one way."""


@pytest.mark.parametrize("name", FIXABLE)
def test_a_rule_with_a_fix_mends_a_bad_example(name: str) -> None:
    bad = OTHERS.get(name) or example(name, "Bad")
    fixed = fixes.fixed(bad, "spec.yaml", unsafe=True)
    assert name in [one.code for one in fixed.made]
    assert name not in [one.code for one in fixed.report.diagnostics]
    assert fixes.fixed(fixed.text, "spec.yaml", unsafe=True).text == fixed.text


@st.composite
def specs(draw: DrawFn) -> tuple[str, list[str]]:
    """A spec with things to mend, in any style; and its lines that no fix has to touch."""
    quote = draw(st.sampled_from(["", "'", '"']))
    number = iter(range(1000))
    kept: list[str] = []

    def line(text: str, keep: bool = True) -> str:
        if draw(st.booleans()):
            text += f"  # note {next(number)}"
        if keep:
            kept.append(text)
        return text

    def word(text: str) -> str:
        return f"{quote}{text}{quote}"

    def arguments(given: dict[str, str], positional: int) -> list[str]:
        """What stands behind a layer's name."""
        match draw(st.sampled_from(["row", "block", "order", "items"])):
            case "row":
                return [f" {{{', '.join(f'{word(k)}: {v}' for k, v in given.items())}}}"]
            case "block":
                return ["", *(f"      {word(k)}:  {v}" for k, v in given.items())]
            case "order" if positional == len(given):
                return [f" [{', '.join(given.values())}]"]
            case "items" if positional == len(given):
                return ["", *(f"      - {v}" for v in given.values())]
        return [f" {{{', '.join(f'{k}: {v}' for k, v in given.items())} }}"]

    lines = [line("input: [3, 32, 32]")]
    spare = draw(st.booleans())
    if draw(st.booleans()):
        lines.append(line(f"vars: {{width: 4{', spare: 1' * spare}}}", not spare))
    else:
        lines += [line("vars:"), line("  width: 4"), *([line("  spare: 1", False)] * spare)]
    if draw(st.booleans()):
        return _in_rows(draw, lines, kept)
    lines.append(line("layers:"))
    for _ in range(draw(st.integers(1, 4))):
        given = {"out_channels": draw(st.sampled_from(["8", "$width"])), "kernel_size": "3"}
        extra = draw(st.sampled_from(["", "kernal_size", "padding"]))
        if extra == "kernal_size":
            given = {("kernal_size" if k == "kernel_size" else k): v for k, v in given.items()}
        if extra == "padding":
            given["padding"] = word("SAME")
        rows = arguments(given, 2 if not extra else 0)
        lines.append(line(f"  - {word('Conv2d')}:{rows[0]}", keep=False))
        lines += [line(row, keep=False) for row in rows[1:]]
        if draw(st.booleans()):
            lines.append(line(f"    name: c{next(number)}"))
        lines.append(line(f"  - {draw(st.sampled_from(['BatchNorm2d', 'BatchNorm2d: 8']))}", False))
        if draw(st.booleans()):
            lines += ["", line("# between")]
        lines.append(line(f"  - {draw(st.sampled_from(['relu', 'Relu']))}", False))
    lines.append(line("  - Linear: $width"))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join(lines) + draw(st.sampled_from(["", end])), kept


def _in_rows(draw: DrawFn, lines: list[str], kept: list[str]) -> tuple[str, list[str]]:
    """The same with the layers in brackets, over as many lines as may be."""
    entries = []
    for i in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(["Conv2d", "conv2d", '"Conv2d"']))
        given = draw(
            st.sampled_from(["[8, 3]", "{out_channels: 8, kernal_size: 3}", "[$width, 3]"])
        )
        ignored = draw(st.sampled_from(["", ", ignore: [gridding]", f", name: c{i}"]))
        entries += [
            f"{{{name}: {given}{ignored}}}",
            draw(st.sampled_from(["BatchNorm2d", "{BatchNorm2d: }"])),
        ]
        entries.append(draw(st.sampled_from(["relu", "'ReLU'", "{'ReLU': , ignore: [gridding]}"])))
    entries.append("Linear: $width")
    note = draw(st.sampled_from(["", "  # row", "\n  # between"]))
    gap = draw(st.sampled_from([" ", "\n  "]))
    comma = draw(st.sampled_from([f",{note}\n  " if note else f",{gap}", ",\n  "]))
    end = draw(st.sampled_from(["]", ",\n]", "\n]  # end"]))
    text = "\n".join([*lines, f"layers: [{comma.join(entries)}{end}", ""])
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))), kept


@settings(max_examples=100)
@given(specs())
def test_fixed_specs_are_clean_stay_so_and_keep_what_is_right(drawn: tuple[str, list[str]]) -> None:
    text, kept = drawn
    safe = fixes.fixed(text, "spec.yaml")
    whole = fixes.fixed(text, "spec.yaml", unsafe=True)
    for fixed, unsafe in (safe, False), (whole, True):
        left = [one for one in fixed.report.diagnostics if one.fix and one.fix.safe >= (not unsafe)]
        assert not left, (fixed.text, left)
        assert fixes.fixed(fixed.text, "spec.yaml", unsafe).text == fixed.text
        rows = re.split("\r\n|\n", fixed.text)
        assert [row for row in rows if row in kept] == [row for row in kept if row in rows] == kept
        assert fixed.text.count("\r\n") == (fixed.text.count("\n") if "\r\n" in text else 0)
    assert sorted(re.findall("#.*", safe.text)) == sorted(re.findall("#.*", text))
    assert whole.report.plan
    if before := report.read(text, "spec.yaml").plan:
        assert safe.report.plan
        assert facts(safe.report.plan) == facts(before)


# Ignoring


def ignored(text: str, code: str) -> str:
    (found,) = [one for one in report.read(text, "a.yaml").diagnostics if one.code == code]
    fix = fixes.ignoring(source.parse(text, "a.yaml"), found, "measured so")
    assert fix
    return source.edit.applied(text, fix.edits)


IGNORED = {
    "beside a layer": (
        HEAD + "- Conv2d: [4, 3]  # a\n- BatchNorm2d\n",
        HEAD + "- Conv2d: [4, 3]  # a\n  ignore: [bias-before-norm]  # measured so\n"
        "- BatchNorm2d\n",
    ),
    "among others": (
        HEAD + "- Conv2d: [4, 3]\n  ignore: [gridding]\n- BatchNorm2d\n",
        HEAD + "- Conv2d: [4, 3]\n  ignore: [gridding, bias-before-norm]\n- BatchNorm2d\n",
    ),
    "in a block": (
        "input: [1, 9, 9]\nblocks: {u: {layers: [{Conv2d: [4, 3]}, BatchNorm2d]}}\nlayers: [u]\n",
        "input: [1, 9, 9]\nblocks: {u: {layers: [{Conv2d: [4, 3], ignore: [bias-before-norm]}, "
        "BatchNorm2d]}}\nlayers: [u]\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", IGNORED)
def test_a_finding_is_ignored_where_it_is_with_a_reason(case: str) -> None:
    before, after = IGNORED[case]
    assert ignored(before, "bias-before-norm") == after
    codes = [one.code for one in report.read(after, "a.yaml").diagnostics]
    assert "bias-before-norm" not in codes


def test_a_layer_without_arguments_gets_a_key_and_what_is_of_no_layer_the_whole_spec() -> None:
    text = (
        "input: [8, 9, 9]\nlayers:\n- Conv2d: [4, 9]\n- AdaptiveAvgPool2d: 1\n- LogSoftmax  # x\n"
    )
    spec = text + TRAIN.replace("MNIST", "MNIST, mean: [0], std: [1]") + "\n"
    found = report.read(spec, "a.yaml").diagnostics
    assert len(found) > 1
    for one in found:
        fix = fixes.ignoring(source.parse(spec, "a.yaml"), one, "so")
        assert fix
        after = report.read(source.edit.applied(spec, fix.edits), "a.yaml")
        assert one.code not in [other.code for other in after.diagnostics], one


def test_every_fix_says_what_it_does_and_has_edits_in_order_that_do_not_touch() -> None:
    for before, _ in CASES.values():
        for found in report.read(before, "a.yaml").diagnostics:
            check(found)


def check(found: Diagnostic) -> None:
    if found.fix:
        title, edits, _ = found.fix
        assert title
        assert not title.endswith("?")
        for (one, _), (other, _) in pairwise(edits):
            assert one[2:] <= other[:2]
