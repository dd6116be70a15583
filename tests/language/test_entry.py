"""One entry of a list of layers."""

from __future__ import annotations

import pytest
from texts import entry, plan_of


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
