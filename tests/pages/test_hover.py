"""What is said of a place: a table of specs with | at the place."""

from __future__ import annotations

import pytest

from netspec.pages.hover import hover
from netspec.pages.reading import read

SPEC = """\
input: [1, 28, 28]
vars: {width: 8, twice: $(2 * width)}
blocks:
  unit:
    args: {n: , p: 0.1}
    layers:
      - Conv2d: {out_channels: $n, kernel_size: 3, padding: 1}
      - Dropout2d: $p
layers:
  - unit: {n: $width}
  - unit: $(width + 3)
  - Conv2d: {out_channels: 4, kernel_size: [2, 4], stride: 3, dilation: [1, 2]}
    expect: {params: 356}
    ignore: [odd-channels]
  - MaxPool2d: {kernel_size: 2, stride: 2, ceil_mode: true}
  - Graph: {a: [ReLU], b: {from: [input, a], join: add}}
  - ConvTranspose2d: [2, 3]
audit: {max_params: 9000, levels: {narrow-view: note}}
train: {data: {dataset: digits}, batch_size: 8, epochs: 1, optimizer: {Adam: {lr: 0.1}}}
"""


def said(before: str, spec: str = SPEC) -> str | None:
    """What is said where a text ends."""
    at = spec.index(before) + len(before)
    line = spec.count("\n", 0, at) + 1
    column = at - (spec.rfind("\n", 0, at) + 1) + 1
    found = hover(read(spec, "a.yaml"), line, column)
    if found is None:
        return None
    assert found.span.line == line
    assert found.span.column <= column <= found.span.end_column
    return found.text


@pytest.mark.parametrize(
    ("before", "parts"),
    [
        ("layers:\n      - Con", ["1×28×28 → **8×28×28**, the first of 2 uses",
                                  "(28 + 2·1 − 3) / 1 + 1 = 28", "80 parameters: weight 8×1×3×3",
                                  "56,448 multiply-accumulates", "receptive field 3 px, jump 1;",
                                  "generated/torch.nn.Conv2d.html)", "```yaml\n- Conv2d:"]),
        ("width + 3)\n  - Co", ["height: ⌊(28 − 2) / 3⌋ + 1 = 9",
                                "width: (28 − 2·(4 − 1) − 1) / 3 + 1 = 8"]),
        ("  - MaxP", ["height: ⌈(9 − 2) / 2⌉ + 1 = 5", "width: (8 − 2) / 2 + 1 = 4"]),
        ("  - ConvTr", ["height: (5 − 1)·1 − 2·0 + 1·(3 − 1) + 0 + 1 = 7"]),
        ("  - Gra", ["4×5×4 → **4×5×4**", "Layers wired by name"]),
        ("  - Graph: {a", ["**a**", "4×5×4"]),
        ("layers:\n  - un", ["block **unit** (n, p = 0.1)", "80 parameters", "2 layers"]),
        ("unit: {n", ["**n**: argument of block unit", "needed"]),
        ("args: {n: , p", ["**p**: argument of block unit", "default: `0.1`"]),
        ("unit: {n: $wi", ["`$width` = `8`", "width is one of vars"]),
        ("unit: $(wi", ["`$(width + 3)` = `11`"]),
        ("out_channels: $n", ["`$n` = `8`, `11`", "n is an argument of block unit"]),
        ("{width: 8, twi", ["`$twice` = `16`"]),
        ("kernel_size: 3, padd", ["**padding**: positions added", "default: `0`", "`same`"]),
        ("    exp", ["**expect**: "]),
        ("expect: {par", ["**params**: learnable numbers"]),
        ("ignore: [odd", ["**odd-channels** (note)", "Bad:"]),
        ("levels: {narrow", ["**narrow-view** (", "Good:"]),
        ("audit: {max", ["**max_params**: most learnable numbers"]),
        ("train: {data: {data", ["**dataset**: "]),
        ("Adam: {l", ["**lr**: ", "default: `"]),
        ("in", ["**input**: shape of one sample"]),
    ],
)  # fmt: skip
def test_a_place_is_explained(before: str, parts: list[str]) -> None:
    text = said(before)
    assert text is not None
    for part in parts:
        assert part in text, text


@pytest.mark.parametrize("before", ["input: [1, 2", "max_params: 90", "layers:\n  "])
def test_numbers_and_blanks_are_not_explained(before: str) -> None:
    assert said(before) is None


def test_a_layer_behind_a_mistake_has_its_page_but_no_figures() -> None:
    text = said("ReL", "input: [1, 4, 4]\nlayers:\n  - Conv2d: [1, 9]\n  - ReLU\n")
    assert text is not None
    assert "no figures here" in text
    assert "torch.nn.ReLU" in text
