"""What is no layer."""

from __future__ import annotations

import pytest
from texts import entry

from netspec.compiler import examine
from netspec.source import parse


@pytest.mark.parametrize(
    ("word", "help"),
    [
        ("FractionalMaxPool2d", "AdaptiveMaxPool2d gives any size"),
        ("ReLU - ReLU", "an item below is indented too deep, and YAML joined the two"),
        ("Conv2d:3", "YAML wants a space after the colon: Conv2d: 3"),
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
