"""Rules ask what a layer is for, so that one of any name is told."""

from __future__ import annotations

from typing import Any

import pytest
from audited import TRAIN, messages, net

from netspec import layers
from netspec.flow.flow import Flow, Shape
from netspec.layers import roles
from netspec.layers.base import Elementwise, Leaf, Stateless
from netspec.layers.normalization import BatchNorm
from netspec.layers.saved import NOTHING, Saved


def norm(over: Any, centres: bool) -> type[BatchNorm]:
    """A norm whose name says nothing, with one weight and a window onto itself."""

    class Whitener(BatchNorm, kinds=("Whitener2d",), role=roles.Norm(over, centres)):
        pass

    return Whitener


class Bend(Elementwise, kinds=("Bend",), role=roles.Activation()):
    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING


class Vanish(Elementwise, kinds=("Vanish",), role=roles.Dropout("samples")):
    p: float = 0.5

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING

    def passes(self, x: Shape, training: bool = True) -> bool:
        return self.p == 0 or not training


class Mix(Stateless, kinds=("Mix2d",), role=roles.Pool("mean")):
    def flow(self, x: Flow) -> Flow:
        return x

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes classes of the test's own known to specs."""
    find = layers.find

    def know(*models: type[Leaf]) -> None:
        own = {kind: model for model in models for kind in model.kinds}
        monkeypatch.setattr(layers, "find", lambda kind: own.get(kind) or find(kind))

    return know


@pytest.mark.parametrize(
    ("over", "centres", "linear", "cancels"),
    [
        ("batch", True, True, True),
        ("batch", False, True, False),
        ("instance", True, False, True),
        ("group", True, False, False),
        ("sample", True, False, False),
        ("neighbours", False, False, False),
    ],
)
def test_a_norm_of_any_name_is_told_by_its_role(
    known: Any, over: str, centres: bool, linear: bool, cancels: bool
) -> None:
    known(norm(over, centres))
    text = net("Conv2d: [8, 3]", "Whitener2d", "Conv2d: [8, 3]")
    between = ["nothing between 0 (Conv2d) and this is non-linear"]
    bias = ["1 (Whitener2d) cancels this bias: 8 parameters wasted"]
    assert messages(text, "no-nonlinearity") == between * linear
    assert messages(text, "bias-before-norm") == bias * cancels
    plain = TRAIN.replace("MNIST", "MNIST, mean: [0], std: [1]")
    first = net("Whitener2d", "Flatten", "Linear: 10", more=plain)
    assert bool(messages(first, "unnormalized-input")) == (over == "neighbours")
    last = net("Conv2d: [10, 28]", "Whitener2d", "Flatten", more=TRAIN)
    disturbed = ["batch norm between the logits and the loss"]
    assert messages(last, "disturbed-output") == disturbed * (over == "batch")


def test_an_activation_of_any_name_is_told_by_its_role(known: Any) -> None:
    known(Bend)
    assert messages(net("Conv2d: [8, 3]", "Bend", "Conv2d: [8, 3]"), "no-nonlinearity") == []
    found = messages(net("Flatten", "Linear: 10", "Bend", more=TRAIN), "activation-on-logits")
    assert found == ["CrossEntropyLoss reads logits, which Bend cuts short"]


def test_a_dropout_of_any_name_is_told_by_its_role(known: Any) -> None:
    known(Vanish)
    end = net("Flatten", "Linear: 10", "Vanish", more=TRAIN)
    assert messages(end, "disturbed-output") == ["stochastic depth between the logits and the loss"]
    (found,) = messages(net("Vanish: 0.25", "BatchNorm2d"), "dropout-before-norm")
    assert found.startswith("stochastic depth of 0.25 shifts")


def test_a_pool_of_any_name_is_told_by_its_role(known: Any) -> None:
    known(Mix)
    assert messages(net("Mix2d"), "idle-layer") == ["passes (1, 28, 28) on as it is"]
