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
        (
            "Split",
            "begin each branch of a Concat, or node of a Graph, with its part: "
            "Slice: {dim: 0, start: …, stop: …}",
        ),
        (
            "Chunk: 2",
            "begin each branch of a Concat, or node of a Graph, with its part: "
            "Slice: {dim: 0, start: …, stop: …}",
        ),
        ("LayerScale: 1.0e-6", "write Scale: 1e-06"),
        ("Multiply: 2", "write Affine: {scale: 2}"),
        ("Add: -0.5", "write Affine: {shift: -0.5}"),
        ("Multiply", "write Gate: […]"),
        ("Add", "write Residual: {body: […], shortcut: […]}"),
        (
            "nn.Parameter",
            "a spec has no tensors beside layers; Scale learns a factor for each "
            "channel, and Affine has constants",
        ),
        (
            "Lambda",
            "a spec has no code; Slice, Mean, Affine, Graph and others say what a forward "
            "does between layers",
        ),
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
