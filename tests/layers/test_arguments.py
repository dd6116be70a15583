"""Arguments: torch's names, order and defaults, in its oldest release and in the one here."""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from plans import LEAVES, compiled, leaves, model_of, plan_of, torch_class

from netspec.layers import releases
from netspec.layers.releases import installed
from netspec.network.build import module

OWN_DEFAULTS = {
    "Softmax": {"dim": 1}, "LogSoftmax": {"dim": 1}, "Softmin": {"dim": 1},
    "LayerNorm": {"normalized_shape": None}, "RMSNorm": {"normalized_shape": None},
}  # fmt: skip
"""Where torch has none, or one that it warns of."""
INFERRED = {"in_channels", "in_features", "num_features", "num_channels", "device", "dtype",
            "embed_dim", "shape"}  # fmt: skip
DEPRECATED = {"Hardtanh": {"min_value", "max_value"}}
OLDEST: dict[str, str] = json.loads(
    (Path(__file__).parents[1] / "data" / "signatures-2.6.json").read_text()
)
"""Arguments of each class in torch 2.6, the oldest that netspec builds with."""
RELEASE = (int(torch.__version__.split(".")[0]), int(torch.__version__.split(".")[1]))


def parameters(kind: str) -> dict[str, inspect.Parameter]:
    found = inspect.signature(torch_class(kind)).parameters
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {name: one for name, one in found.items() if one.kind not in several}


def ours(kind: str, names: list[str]) -> list[str]:
    """Of torch's arguments those that a spec may write."""
    return [name for name in names if name not in INFERRED | DEPRECATED.get(kind, set())]


@leaves
def test_arguments_have_torchs_names_order_and_defaults(kind: str) -> None:
    model, known = model_of(kind), parameters(kind)
    by_name = [name for name, one in known.items() if one.kind is one.KEYWORD_ONLY]
    assert model.in_order() == ours(kind, [name for name in known if name not in by_name])
    # What is refused for its name alone came later than the torch that is here.
    assert by_name == [name for name, since in model.newer.items() if since <= RELEASE]
    for name, field in model.model_fields.items():
        if name in known:
            default = OWN_DEFAULTS.get(kind, {}).get(name, known[name].default)
            missing = inspect.Parameter.empty if field.is_required() else field.default
            assert (name, missing) == (name, default)


@leaves
def test_what_no_release_added_is_in_the_oldest(kind: str) -> None:
    model, oldest = model_of(kind), ours(kind, OLDEST[kind].split())
    assert [name for name, since in model.newer.items() if since <= (2, 6)] == []
    assert model.in_order() == oldest


def test_every_kind_is_on_record_for_the_oldest() -> None:
    assert sorted(OLDEST) == sorted(LEAVES)
    if RELEASE == (2, 6):
        assert {kind: " ".join(parameters(kind)) for kind in LEAVES} == OLDEST


# What newer releases added

NEWER = [(kind, name) for kind in LEAVES for name in model_of(kind).newer]
SHAPES = {1: (4, 8), 2: (4, 8, 8), 3: (4, 4, 4, 4), 0: (4, 8, 8)}


def entry(kind: str, **more: Any) -> dict[str, Any]:
    needed = {"num_groups": 2} if kind == "GroupNorm" else {"affine": True}
    return {kind: needed | more}


def shape(kind: str) -> tuple[int, ...]:
    return SHAPES[int(kind[-2]) if kind[-1] == "d" else 0]


def test_there_are_such_arguments() -> None:
    assert ("BatchNorm2d", "bias") in NEWER


@pytest.mark.parametrize(("kind", "name"), NEWER)
def test_a_newer_argument_is_taken_where_torch_has_it_and_named_where_not(
    kind: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = model_of(kind).newer[name]
    for here in (since, (since[0] + 1, 0), None):
        monkeypatch.setattr(releases, "installed", lambda package, here=here: here)
        assert not isinstance(compiled(shape(kind), [entry(kind, **{name: False})]), list)
    monkeypatch.setattr(releases, "installed", lambda package: (since[0], since[1] - 1))
    found = compiled(shape(kind), [entry(kind, **{name: False})])
    assert isinstance(found, list)
    before = f"torch {since[0]}.{since[1]}, and here is {since[0]}.{since[1] - 1}"
    assert [(one.code, one.message) for one in found] == [
        ("newer-torch", f"{kind} has {name} since {before}")
    ]


@pytest.mark.parametrize(("kind", "name"), NEWER)
def test_torch_builds_what_a_newer_argument_says(kind: str, name: str) -> None:
    if name not in parameters(kind):
        pytest.skip("this torch is older")
    for value, names in (False, ["0.weight"]), (True, ["0.weight", "0.bias"]):
        plan = plan_of(shape(kind), [entry(kind, **{name: value})])
        network = module(plan.root)
        assert [one for one, _ in network.named_parameters()] == names
        assert plan.totals.params == sum(p.numel() for p in network.parameters())
        assert network(torch.rand(2, *plan.input)).shape[1:] == plan.output
    plain = plan_of(shape(kind), [entry(kind, affine=False, **{name: True})])
    assert plain.totals.params == len(list(module(plain.root).parameters())) == 0


def test_the_release_that_is_installed_is_told_without_importing_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed.cache_clear()
    monkeypatch.setitem(sys.modules, "torch", None)
    assert installed("torch") == RELEASE
    assert installed("no-such-package-anywhere") is None
