"""What `$name` and `$(expression)` mean."""

from __future__ import annotations

import warnings

import pytest
from texts import entry, plan_of

from netspec.compiler import examine
from netspec.source import parse


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


@pytest.mark.parametrize("text", ["$(2and 3)", "$(1is 2)", "Conv2d(8, 3or 2)"])
def test_what_python_warns_of_in_an_expression_is_not_said(text: str) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = examine(parse(f'input: [1, 8, 8]\nlayers: [ReLU, "{text}"]\n', "spec.yaml"))
    assert found.diagnostics
    assert told == []
