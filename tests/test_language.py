"""What the language means: names, arguments, variables, blocks, repeats, expectations."""

from __future__ import annotations

from textwrap import dedent

import pytest

from netspec.compiler import compile, examine
from netspec.compiler.plan import Plan
from netspec.source import parse


def plan_of(text: str) -> Plan:
    return compile(parse(dedent(text), "spec.yaml"))


def leaves(text: str) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(leaf.name, leaf.kind, leaf.output.shape) for leaf in plan_of(text).leaves]


def codes(text: str) -> list[tuple[str, int, int]]:
    report = examine(parse(dedent(text), "spec.yaml"))
    return [(d.code, d.span.line, d.span.column) for d in report.diagnostics if d.span]


def entry(text: str, shape: str = "[4, 8, 8]", head: str = "") -> str:
    return f"input: {shape}\n{head}layers:\n  - {text}\n"


@pytest.mark.parametrize(
    ("written", "arguments"),
    [
        ("ReLU", {}),
        ("{ReLU: }", {}),
        ("{ReLU: {inplace: true}}", {"inplace": True}),
        ("{Conv2d: [8, 3]}", {"in_channels": 4, "out_channels": 8, "kernel_size": 3}),
        ("{Conv2d: [8, [3, 5]]}", {"in_channels": 4, "out_channels": 8, "kernel_size": (3, 5)}),
        (
            "{Conv2d: {out_channels: 8, kernel_size: 3, padding: same}}",
            {"in_channels": 4, "out_channels": 8, "kernel_size": 3, "padding": "same"},
        ),
        ("{MaxPool2d: 2}", {"kernel_size": 2}),
        ("{MaxPool2d: [3, 2, 1]}", {"kernel_size": 3, "stride": 2, "padding": 1}),
        ("{AdaptiveAvgPool2d: [[1, null]]}", {"output_size": (1, None)}),
        ("{Dropout2d: 0.05}", {"p": 0.05}),
        ("BatchNorm2d", {"num_features": 4}),
        ("{Linear: 10}", {"in_features": 8, "out_features": 10}),
        ("{LogSoftmax: 1}", {"dim": 1}),
    ],
)
def test_an_entry_becomes_the_arguments_torch_takes(
    written: str, arguments: dict[str, object]
) -> None:
    (leaf,) = plan_of(entry(written)).leaves
    assert dict(leaf.recipe.arguments) == arguments


def test_unnamed_blocks_and_repeats_are_spliced_and_named_ones_are_submodules() -> None:
    text = """
        input: [1, 8, 8]
        blocks:
          unit: {args: {c: }, layers: [{Conv2d: [$c, 1]}, ReLU]}
        layers:
          - unit: 2
          - name: stem
            unit: {c: 3}
          - unit: [4]
            repeat: 2
          - {name: tail, unit: 5, repeat: 2}
          - name: group
            Sequential: [ReLU, {name: inner, Sequential: [Tanh]}]
          - {name: last, ReLU: }
    """
    assert [(name, kind) for name, kind, _ in leaves(text)] == [
        ("0", "Conv2d"),
        ("1", "ReLU"),
        ("stem.0", "Conv2d"),
        ("stem.1", "ReLU"),
        ("3", "Conv2d"),
        ("4", "ReLU"),
        ("5", "Conv2d"),
        ("6", "ReLU"),
        ("tail.0", "Conv2d"),
        ("tail.1", "ReLU"),
        ("tail.2", "Conv2d"),
        ("tail.3", "ReLU"),
        ("group.0", "ReLU"),
        ("group.inner.0", "Tanh"),
        ("last", "ReLU"),
    ]


@pytest.mark.parametrize("copies", [0, 1, 3])
def test_repeat_makes_copies_each_with_its_own_weights(copies: int) -> None:
    text = f"input: [2, 4, 4]\nlayers:\n  - ReLU\n  - {{Conv2d: [2, 1], repeat: {copies}}}\n"
    plan = plan_of(text)
    assert [leaf.kind for leaf in plan.leaves] == ["ReLU"] + ["Conv2d"] * copies
    assert plan.totals.params == copies * (2 * 2 + 2)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$w", 6),
        ("$(w)", 6),
        ("$(w + 3)", 9),
        ("$(w - 1 * 2)", 4),
        ("$((w - 1) * 2)", 10),
        ("$(w // 4)", 1),
        ("$(w % 4)", 2),
        ("$(round(w / 4))", 2),
        ("'$(min(w, 3, 9))'", 3),
        ("'$(max(w, 30))'", 30),
        ("$double", 12),
        ("$(w * (w > 5))", 6),
        ("$(-w + 7)", 1),
    ],
)
def test_expressions_read_variables(expression: str, value: int) -> None:
    head = "vars: {w: 6, double: $(w * 2)}\n"
    (leaf,) = plan_of(entry(f"{{Conv2d: [{expression}, 1]}}", head=head)).leaves
    assert leaf.output.shape[0] == value


@pytest.mark.parametrize(
    ("given", "argument"),
    [("same", {"padding": "same"}), ("[1, 2]", {"padding": (1, 2)}), ("0", {"padding": 0})],
)
def test_a_plain_name_keeps_the_type_of_its_value(given: str, argument: dict[str, object]) -> None:
    text = entry("{Conv2d: {out_channels: 2, kernel_size: 3, padding: $p}}",
                 head=f"vars: {{p: {given}}}\n")  # fmt: skip
    (leaf,) = plan_of(text).leaves
    assert argument.items() <= dict(leaf.recipe.arguments).items()


def test_comparisons_give_booleans_and_sections_read_variables() -> None:
    text = """
        input: [$c, 8, 8]
        vars: {c: 3, wide: 2}
        layers:
          - Conv2d: {out_channels: 2, kernel_size: 1, bias: $(wide > 2)}
        audit: {max_params: $(c * 2)}
    """
    plan = plan_of(text)
    assert plan.totals.params == 6
    assert plan.spec.audit.max_params == 6


def test_block_arguments_hide_variables_and_inner_blocks_see_only_their_own() -> None:
    text = """
        input: [1, 4, 4]
        vars: {c: 7}
        blocks:
          outer: {args: {c: 2}, layers: [{Conv2d: [$c, 1]}, inner]}
          inner: {args: {d: $(c + 1)}, layers: [{Conv2d: [$d, 1]}]}
        layers: [outer, {outer: 3}]
    """
    assert [shape[0] for _, _, shape in leaves(text)] == [2, 8, 3, 8]


def test_expect_is_checked_over_a_whole_group() -> None:
    text = """
        input: [1, 8, 8]
        layers:
          - name: stem
            Sequential: [{Conv2d: [4, 3]}, ReLU, {Conv2d: [4, 3, 2]}]
            expect: {output: [4, 2, 2], params: 188, receptive_field: 5, jump: 2, macs: 1872}
    """
    assert plan_of(text).totals.params == 188


@pytest.mark.parametrize(
    ("expect", "code"),
    [
        ("output: [4, 6, 5]", "expect-output"),
        ("params: 41", "expect-params"),
        ("macs: 1", "expect-macs"),
        ("receptive_field: 5", "expect-receptive-field"),
        ("receptive_field: [3, 5]", "expect-receptive-field"),
        ("jump: 2", "expect-jump"),
    ],
)
def test_a_wrong_expectation_is_an_error_at_its_value(expect: str, code: str) -> None:
    text = f"input: [1, 8, 8]\nlayers:\n  - Conv2d: [4, 3]\n    expect: {{{expect}}}\n"
    value = text.split("\n")[3].index(": ", 14) + 3
    assert codes(text) == [(code, 4, value)]


@pytest.mark.parametrize(
    "name", ["conv1", "features", "x_1", "Stem"], ids=lambda name: f"name-{name}"
)
def test_a_name_is_the_module_path(name: str) -> None:
    assert leaves(entry(f"{{name: {name}, ReLU: }}"))[0][0] == name


ERRORS: dict[str, tuple[str, list[tuple[str, int, int]]]] = {
    "no input": ("layers: [ReLU]\n", [("missing-key", 1, 1)]),
    "no layers": ("input: [1]\n", [("missing-key", 1, 1)]),
    "not a mapping": ("- ReLU\n", [("wrong-type", 1, 1)]),
    "unknown section": ("input: [1]\nlayers: [ReLU]\nadit: {}\n", [("unknown-key", 3, 1)]),
    "unknown layer": (entry("Rellu"), [("unknown-layer", 3, 5)]),
    "unknown keyword": (entry("{Conv2d: {out_channels: 2, kernel_size: 3, filters: 3}}"),
                        [("unknown-key", 3, 48)]),
    "missing keyword": (entry("{Conv2d: {out_channels: 2}}"), [("missing-key", 3, 6)]),
    "misspelt keyword is not missing too": (
        entry("{Conv2d: {out_channels: 2, kernel_sise: 3}}"), [("unknown-key", 3, 32)]),
    "inferred keyword": (entry("{Linear: {in_features: 8, out_features: 1}}"),
                         [("unknown-key", 3, 15)]),
    "zero channels": (entry("{Conv2d: [0, 3]}"), [("wrong-value", 3, 15)]),
    "a boolean is no integer": (entry("{Conv2d: [true, 3]}"), [("wrong-type", 3, 15)]),
    "a string is no number": (entry("{Dropout: '0.5'}"), [("wrong-type", 3, 15)]),
    "too many positional": (entry("{Linear: [1, true, 3]}"), [("unknown-key", 3, 24)]),
    "window too large": (entry("{Conv2d: {out_channels: 8, kernel_size: 31}}"),
                         [("window-too-large", 3, 45)]),
    "groups": (entry("{Conv2d: {out_channels: 8, kernel_size: 1, groups: 3}}"),
               [("groups-do-not-divide", 3, 56)]),
    "wrong rank": (entry("{Conv2d: [8, 3]}", "[4]"), [("wrong-rank", 3, 6)]),
    "batch axis": (entry("{LogSoftmax: 0}"), [("wrong-dim", 3, 18)]),
    "two layers in one entry": (entry("{ReLU: , Tanh: }"), [("not-a-layer", 3, 14)]),
    "a number as layer": (entry("5"), [("not-a-layer", 3, 5)]),
    "only a name": (entry("{name: x}"), [("not-a-layer", 3, 5)]),
    "negative repeat": (entry("{ReLU: , repeat: -1}"), [("wrong-value", 3, 22)]),
    "repeat bomb": (entry("{ReLU: , repeat: 1000000000}"), [("too-large", 3, 6)]),
    "name of torch's own": (entry("{name: forward, ReLU: }"), [("bad-name", 3, 12)]),
    "name with a dot": (entry("{name: a.b, ReLU: }"), [("bad-name", 3, 12)]),
    "name twice": ("input: [1]\nlayers:\n- {name: a, ReLU: }\n- {name: a, ReLU: }\n",
                   [("duplicate-name", 4, 10)]),
    "unknown variable": (entry("{Conv2d: [$w, 1]}"), [("unknown-variable", 3, 15)]),
    "bad expression": (entry("{Conv2d: [$(1 +), 1]}"), [("bad-expression", 3, 15)]),
    "division by zero": (entry("{Conv2d: [$(1 // 0), 1]}"), [("bad-expression", 3, 15)]),
    "power is not known": (entry("{Conv2d: [$(2 ** 9), 1]}"), [("bad-expression", 3, 15)]),
    "call is not known": (entry("{Conv2d: [$(print(1)), 1]}"), [("bad-expression", 3, 15)]),
    "attribute is not known": (entry("{Conv2d: [$(1 .real), 1]}"), [("bad-expression", 3, 15)]),
    "dollar inside a word": (entry("{name: a$b, ReLU: }"), [("bad-expression", 3, 12)]),
    "shape of the shortcut": (entry("{Residual: {body: [{Conv2d: [8, 1]}]}}"),
                              [("shapes-differ", 3, 23)]),
    "expect has no such key": (entry("{ReLU: , expect: {outputs: [1]}}"),
                               [("unknown-key", 3, 23)]),
    "block without its argument": (
        entry("unit", head="blocks: {unit: {args: {c: }, layers: [ReLU]}}\n"),
        [("missing-key", 4, 5)]),
    "block with another argument": (
        entry("{unit: {d: 1}}", head="blocks: {unit: {args: {c: 1}, layers: [ReLU]}}\n"),
        [("unknown-key", 4, 13)]),
    "block that uses itself": (entry("a", head="blocks: {a: {layers: [a]}}\n"),
                               [("block-cycle", 2, 23)]),
    "block named like a layer": (entry("ReLU", head="blocks: {ReLU: {layers: [Tanh]}}\n"),
                                 [("wrong-value", 2, 10)]),
    "variable named like a keyword": (entry("ReLU", head="vars: {in: 3}\n"), [("bad-name", 2, 8)]),
    "input too large": (entry("ReLU", "[1, 10000000]"), [("too-large", 1, 8)]),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS, ids=list(ERRORS))
def test_a_mistake_gives_one_diagnostic_at_its_place(case: str) -> None:
    text, expected = ERRORS[case]
    assert codes(text) == expected


def test_all_mistakes_of_a_file_are_found_at_once_and_none_twice() -> None:
    text = """\
        input: [1, 8, 8]
        blocks:
          unit: {layers: [{Conv2d: [4, 9]}, {Conv2d: [4, 3], bais: 1}]}
        layers:
          - unit
          - unit
          - Lineer: 3
        audit: {max_parms: 1}
    """
    found = codes(text)
    assert [code for code, _, _ in found] == [
        "window-too-large", "not-a-layer", "unknown-layer", "unknown-key",
    ]  # fmt: skip


def test_what_follows_from_a_mistake_is_not_reported() -> None:
    text = "input: [1, 8, 8]\nlayers:\n  - Conv2d: [4, 9]\n  - Conv2d: [4, 99]\n  - Linear: 3\n"
    assert codes(text) == [("window-too-large", 3, 17)]


def test_a_mistake_in_a_block_says_which_uses_led_there() -> None:
    text = """\
        input: [1, 8, 8]
        blocks:
          inner: {layers: [{Conv2d: [4, 9]}]}
          outer: {layers: [inner]}
        layers:
          - outer
    """
    (found,) = examine(parse(dedent(text), "spec.yaml")).diagnostics
    assert [(block, at.line) for block, at in found.trace] == [("inner", 4), ("outer", 6)]


@pytest.mark.parametrize(
    ("word", "help"),
    [
        ("FractionalMaxPool2d", "AdaptiveMaxPool2d gives any size"),
        ("ReLU - ReLU", "an item below is indented too deep, and YAML joined the two"),
        ("Conv2d:3", "YAML wants a space after the colon"),
        ("Zzz", "layers have the names of torch.nn's classes"),
    ],
)
def test_what_is_no_layer_comes_with_a_way_out(word: str, help: str) -> None:
    (found,) = examine(parse(entry(word), "spec.yaml")).diagnostics
    assert (found.code, found.help) == ("unknown-layer", help)


@pytest.mark.parametrize(
    ("word", "guess"),
    [("Conv2D", "Conv2d"), ("relu", "ReLU"), ("Batchnorm2d", "BatchNorm2d"), ("unti", "unit")],
)
def test_the_nearest_name_is_suggested(word: str, guess: str) -> None:
    text = entry(word, head="blocks: {unit: {layers: [ReLU]}}\n")
    (found,) = examine(parse(text, "spec.yaml")).diagnostics
    assert found.help == f"did you mean {guess}?"
