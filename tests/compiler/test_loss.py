"""Which loss goes with a network, for rules and for training alike."""

from __future__ import annotations

import pytest
from audited import TRAIN, net

from netspec.compiler import compile
from netspec.source import parse

LOGITS, LOGARITHMS = "CrossEntropyLoss", "NLLLoss"
DROPS = ["Dropout", "Dropout: 0", "AlphaDropout", "FeatureAlphaDropout"]
DROPS += ["StochasticDepth: [0.5, row]", "StochasticDepth: [0, batch]"]


def loss(*entries: str, more: str = "") -> str:
    return compile(parse(net(*entries, more=more), "spec.yaml")).loss.name


@pytest.mark.parametrize(
    ("entries", "name"),
    [
        (["Flatten", "Linear: 10"], LOGITS),
        (["Identity"], LOGITS),
        (["Flatten", "Linear: 10", "Softmax"], LOGITS),
        (["Flatten", "Linear: 10", "LogSigmoid"], LOGITS),
        (["Flatten", "Linear: 10", "LogSoftmax"], LOGARITHMS),
        (["Conv2d: [10, 28]", "LogSoftmax", "Flatten", "Identity"], LOGARITHMS),
        (["Conv2d: [10, 28]", "LogSoftmax", "ChannelShuffle: 2", "Flatten"], LOGARITHMS),
        (["Flatten", "Linear: 10", "Sequential: [LogSoftmax]"], LOGARITHMS),
        (["Flatten", "Linear: 10", "Residual: [LogSoftmax]"], LOGITS),
        *((["Flatten", "Linear: 10", "LogSoftmax", end], LOGARITHMS) for end in DROPS),
        *((["Flatten", "Linear: 10", end], LOGITS) for end in DROPS),
    ],
)
def test_the_loss_goes_with_the_last_layer_that_computes(entries: list[str], name: str) -> None:
    assert loss(*entries) == loss(*entries, more=TRAIN) == name


def test_a_loss_that_is_named_is_taken() -> None:
    named = TRAIN.replace("batch", "loss: {CrossEntropyLoss: {label_smoothing: 0.1}}, batch")
    plan = compile(parse(net("Flatten", "Linear: 10", "LogSoftmax", more=named), "spec.yaml"))
    assert plan.loss[:2] == ("CrossEntropyLoss", {"weight": None, "label_smoothing": 0.1})
