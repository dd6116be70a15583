"""Arguments in torch's order with the one that the layer before tells: what helps."""

from __future__ import annotations

import inspect

import pytest
from plans import LEAVES, compiled, model_of, torch_class
from texts import entry

from netspec.compiler import examine
from netspec.diagnostic import Diagnostic
from netspec.language.unknown_key import INFERRED
from netspec.layers.base import Leaf
from netspec.source import parse


def first(text: str, shape: str = "[16, 28, 28]", head: str = "") -> Diagnostic:
    (found,) = examine(parse(entry(text, shape, head), "spec.yaml")).diagnostics
    return found


@pytest.mark.parametrize(
    ("text", "message", "instead"),
    [
        ("BatchNorm2d: 16", "eps: expected less than 1", "BatchNorm2d alone"),
        ("BatchNorm2d: [16]", "eps: expected less than 1", "BatchNorm2d alone"),
        ("BatchNorm2d: [16, 1e-3]", "eps: expected less than 1", "BatchNorm2d: 0.001"),
        ("BatchNorm2d: $n", "eps: expected less than 1", "BatchNorm2d alone"),
        ("BatchNorm2d: 0", "eps: expected more than 0", "BatchNorm2d alone"),
        ("InstanceNorm2d: 16", "eps: expected less than 1", "InstanceNorm2d alone"),
        ("InstanceNorm2d: 0", "eps: expected a fraction, not the whole number 0",
         "InstanceNorm2d alone"),
        ("GroupNorm: [4, 16]", "eps: expected less than 1", "GroupNorm: 4"),
        ("GroupNorm: [4, 0]", "eps: expected a fraction, not the whole number 0", "GroupNorm: 4"),
        ("Linear: [28, 10]", "bias: expected true or false, not 10", "Linear: 10"),
        ("Linear: [784, 10]", "bias: expected true or false, not 10", "Linear: 10"),
        ("Linear: [28, 10, true]", "Linear takes 2 arguments, not 3", "Linear: [10, true]"),
        ("Conv2d: [16, 32, 3]", "window of 32 does not fit an input of 28", "Conv2d: [32, 3]"),
        ("Conv2d: [16, $n, 3]", "window of 30 does not fit an input of 28", "Conv2d: [$n, 3]"),
        ("Conv2d: [16, 64, [3, 1]]", "window of 64 does not fit", "Conv2d: [64, [3, 1]]"),
        ("Conv2d: [16, 8, 3, 1, 1, 1, 1, true]", "bias: expected true or false, not 1",
         "Conv2d: [8, 3, 1, 1, 1, 1, true]"),
        ("Conv2d: [16, 8, 3, 1, 1, 1, 1, true, zeros]", "Conv2d takes 8 arguments, not 9",
         "Conv2d: [8, 3, 1, 1, 1, 1, true, zeros]"),
    ],
)  # fmt: skip
def test_an_error_that_an_inferred_argument_leads_to_says_so(
    text: str, message: str, instead: str
) -> None:
    found = first(text, head="vars: {n: 30}\n")
    assert found.message.startswith(message)
    assert (found.help or "").endswith(f" is inferred: write {instead}")


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("Conv2d: [8, 30, 1]", "padding 1 or more would fit"),
        ("Conv2d: [8, 3, 1, 1, 0]", None),
        ("Conv2d: [8, 3, 1, 1, 1, 1, 1]", "write true"),
        ("Conv2d: {out_channels: 16, kernel_size: 30}", "padding 1 or more would fit"),
        ("BatchNorm2d: {eps: 16}", "num_features is inferred, and eps is a fraction: leave it out"),
        ("BatchNorm2d: {eps: 1.5}", None),
        ("LayerNorm: [28, 1]", "write LayerNorm: [[28, 1]]"),
        ("Linear: {out_features: 28, bias: 10}", None),
        ("Conv2d: [16, 30, 40]", "padding 1 or more would fit"),
    ],
)
def test_other_errors_keep_their_help(text: str, help: str | None) -> None:
    assert first(text).help == help


@pytest.mark.parametrize("kind", ["LayerNorm", "RMSNorm", "GroupNorm", "BatchNorm2d"])
@pytest.mark.parametrize("eps", [1, 1.0, 16, 1e6])
def test_an_eps_that_hides_the_data_is_refused(kind: str, eps: float) -> None:
    given = {"eps": eps} | ({"num_groups": 4} if kind == "GroupNorm" else {})
    found = compiled((16, 8, 8), [{kind: given}])
    assert isinstance(found, list)
    assert [one.message.partition(" than")[0] for one in found] == ["eps: expected less"]


def test_what_is_inferred_stands_where_torch_has_it() -> None:
    for kind in LEAVES:
        model = model_of(kind)
        assert issubclass(model, Leaf)
        names = list(inspect.signature(torch_class(kind)).parameters)
        left_out = [(name, i) for i, name in enumerate(names)
                    if name in INFERRED and name not in model.model_fields]  # fmt: skip
        assert ([model.infers] if model.infers else []) == left_out
