"""Every word of every vocabulary: torch's names, order and defaults, and its traits."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
from torch import nn
from torchvision.transforms import v2

from netspec.language.training import (
    AUGMENTATIONS,
    AVERAGES,
    DATASETS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
    TASKS,
)
from netspec.language.training.vocabulary import Vocabulary, Word

ALL: tuple[Vocabulary[Any], ...] = (
    AUGMENTATIONS, AVERAGES, DATASETS, LOSSES, OPTIMIZERS, SCHEDULERS, TASKS,
)  # fmt: skip
OURS = {"params", "optimizer", "foreach", "fused", "capturable", "differentiable", "maximize"}
"""What the loop gives, and ways to compute the same."""
LEFT_OUT = {
    "Adam": {"decoupled_weight_decay"},  # that is AdamW, and torch 2.6 has it not
    "OneCycleLR": {"total_steps", "epochs", "steps_per_epoch"},
    "CrossEntropyLoss": {"size_average", "ignore_index", "reduce", "reduction"},
    "MSELoss": {"size_average", "reduce", "reduction"},
    "L1Loss": {"size_average", "reduce", "reduction"},
    "SmoothL1Loss": {"size_average", "reduce", "reduction"},
    "HuberLoss": {"reduction"},
    "BCEWithLogitsLoss": {"weight", "size_average", "reduce", "reduction"},
    "NLLLoss": {"size_average", "ignore_index", "reduce", "reduction"},
    "RandomRotation": {"expand", "center"},
    "RandomAffine": {"center"},
    "RandomCrop": {"pad_if_needed"},
    "RandomResizedCrop": {"interpolation", "antialias"},
    "RandomErasing": {"inplace"},
    "ColorJitter": {"hue"},
}
KNOWN = {"T_max", "size"}
"""Torch asks for them; the run and the image tell."""


@pytest.mark.parametrize(
    ("vocabulary", "home", "name"),
    [
        (vocabulary, home, name)
        for vocabulary, home in (
            (OPTIMIZERS, torch.optim),
            (SCHEDULERS, torch.optim.lr_scheduler),
            (LOSSES, nn),
            (AUGMENTATIONS, v2),
        )
        for name in vocabulary.words
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_names_order_and_defaults_are_torchs(
    vocabulary: Vocabulary[Any], home: Any, name: str
) -> None:
    ours = inspect.signature(vocabulary.words[name]).parameters
    theirs = {
        key: value
        for key, value in inspect.signature(getattr(home, name)).parameters.items()
        if key not in OURS | LEFT_OUT.get(name, set()) | {"last_epoch", "verbose"}
    }
    assert list(ours) == list(theirs)
    for key, parameter in ours.items():
        if key in KNOWN:
            assert parameter.default is None
        else:
            # torchvision's modes are strings, and were an Enum of them.
            default = theirs[key].default
            assert parameter.default == getattr(default, "value", default), key


@pytest.mark.parametrize("vocabulary", ALL, ids=lambda vocabulary: vocabulary.what)
def test_a_word_that_leaves_something_unsaid_is_refused_when_it_is_made(
    vocabulary: Vocabulary[Any],
) -> None:
    kind = type(next(iter(vocabulary.traits.values())))
    assert {type(traits) for traits in vocabulary.traits.values()} == {kind}
    said = dict.fromkeys(kind._fields)
    for unsaid in said:
        with pytest.raises(TypeError, match=unsaid):
            kind(**{name: None for name in said if name != unsaid})
    with pytest.raises(TypeError):
        vocabulary.word()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "word",
    [word for vocabulary in ALL for word in vocabulary.words.values()],
    ids=lambda word: word.__name__,
)
def test_every_word_says_what_it_is(word: Word) -> None:
    assert word.__doc__


def takes(vocabulary: Vocabulary[Any], name: str) -> set[str]:
    return set(inspect.signature(vocabulary.words[name]).parameters)


@pytest.mark.parametrize("name", OPTIMIZERS.words)
def test_an_optimizers_momentum_and_what_makes_it_keep_more_are_arguments(name: str) -> None:
    traits = OPTIMIZERS.traits[name]
    assert takes(OPTIMIZERS, name) >= {*traits.more}
    named = [key for key in ("momentum", "betas") if key in takes(OPTIMIZERS, name)]
    assert named == ([traits.momentum] if traits.momentum else [])


@pytest.mark.parametrize("name", SCHEDULERS.words)
def test_what_a_scheduler_waits_for_and_ends_with_are_arguments(name: str) -> None:
    traits = SCHEDULERS.traits[name]
    ours = {key for key in (traits.waits, traits.length, traits.ends, traits.peak) if key}
    assert takes(SCHEDULERS, name) >= ours
    theirs = inspect.signature(getattr(torch.optim.lr_scheduler, name)).parameters
    assert traits.steps is None or traits.steps in theirs


@pytest.mark.parametrize("name", AVERAGES.words)
def test_an_average_goes_by_batches_or_by_epochs(name: str) -> None:
    (key,) = [key for key in AVERAGES.traits[name] if key]
    assert key in takes(AVERAGES, name)
