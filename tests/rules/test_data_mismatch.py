"""data-mismatch: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import TRAIN, findings, messages, net

from netspec import fixes

CASES: list[tuple[str, list[str]]] = [
    (net("Flatten", "Linear: 10", more=TRAIN), []),
    (net("Linear: 10", shape="[784]", more=TRAIN), []),
    (
        net("Flatten", "Linear: 10", shape="[1, 32, 32]", more=TRAIN),
        ["MNIST has (1, 28, 28), the network reads (1, 32, 32)"],
    ),
    (
        net(
            "Flatten",
            "Linear: 10",
            shape="[1, 32, 32]",
            more=TRAIN.replace("MNIST", "MNIST, resize: true"),
        ),
        [],
    ),
    (net("Flatten", "Linear: 10", shape="[1, 16, 16]", more=TRAIN.replace("MNIST", "digits")), []),
    (net("Flatten", "Linear: 3", more=TRAIN.replace("MNIST", "folder")), []),
    (
        net(
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace("MNIST", "MNIST, mean: [0.1, 0.2], std: [1, 1]"),
        ),
        ["mean is for 2 channels, images have 1"],
    ),
]


MASKS = TRAIN.replace("MNIST", "segmentation, path: shapes")
NAMED = MASKS.replace("path", "classes: [a, b], path")
DENSE: list[tuple[str, str, str, str]] = [
    ("Conv2d: [2, 1]", "[3, 8, 8]", NAMED, ""),
    ("Conv2d: [4, 1]", "[3, 8, 8]", MASKS, ""),
    (
        "Conv2d: [2, 1] | Flatten | Linear: 2",
        "[3, 8, 8]",
        NAMED,
        "masks have 8 x 8 pixels, the network gives (2,)\n"
        "keep the map up to its end, Conv2d: [2, 1] on 8 x 8, with no Flatten",
    ),
    (
        "Conv2d: [2, 3]",
        "[3, 8, 8]",
        NAMED,
        "masks have 8 x 8 pixels, the network gives (2, 6, 6)\n"
        "pad convolutions, so that height and width stay or halve",
    ),
    (
        "Conv2d: [2, 2, 2]",
        "[3, 8, 8]",
        NAMED,
        "masks have 8 x 8 pixels, the network gives (2, 4, 4)\n"
        "Upsample: {scale_factor: 2, mode: bilinear} at the end would do",
    ),
    (
        "Linear: 2",
        "[192]",
        NAMED,
        "masks are of images, the network reads (192,)\ninput: [channels, height, width]",
    ),
    (
        "Conv2d: [3, 1]",
        "[3, 8, 8]",
        NAMED,
        "classes has 2 names, the network gives 3 for each pixel\na name for each output channel",
    ),
    (
        "Conv2d: [1, 1]",
        "[3, 8, 8]",
        MASKS,
        "the network gives 1 class for each pixel\n2 output channels tell two classes apart",
    ),
    (
        "Conv2d: [256, 1]",
        "[3, 8, 8]",
        MASKS,
        "the network gives 256 classes for each pixel\nmasks have 255 at most",
    ),
]


@pytest.mark.parametrize(("layers", "shape", "train", "expected"), DENSE)
def test_a_network_for_masks_gives_a_class_for_each_pixel(
    layers: str, shape: str, train: str, expected: str
) -> None:
    text = net(*layers.split(" | "), shape=shape, more=train)
    found = [one for one in findings(text) if one.code == "data-mismatch"]
    told = [f"{one.message}\n{one.help}" for one in found]
    assert told == ([expected] if expected else [])


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_data_mismatch_flags_its_business_and_nothing_else(text: str, expected: list[str]) -> None:
    assert messages(text, "data-mismatch") == expected


def test_a_map_that_is_too_small_by_a_whole_number_gets_an_upsample() -> None:
    text = net("Conv2d: [2, 2, 2]", shape="[3, 8, 8]", more=NAMED)
    fixed = fixes.fixed(text, "spec.yaml", unsafe=True)
    assert "  - Upsample: {scale_factor: 2, mode: bilinear}\n" in fixed.text
    assert not [one for one in fixed.report.diagnostics if one.code == "data-mismatch"]
    assert fixes.fixed(text, "spec.yaml").text == text
