"""Figures beside the lines of a spec."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from netspec.pages.hints import FIGURES, hints
from netspec.pages.reading import read

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


def beside(text: str, *figures: str) -> dict[str, str]:
    """The hint of each line that has one."""
    text = dedent(text)
    lines = text.splitlines()
    found = hints(read(text, "a.yaml"), figures or ("output", "params", "receptive_field"))
    assert [hint.line for hint in found] == sorted({hint.line for hint in found})
    return {lines[hint.line - 1].strip(): hint.text for hint in found}


def test_a_layer_has_its_shape_its_parameters_and_its_field() -> None:
    text = """
    input: [1, 28, 28]
    layers:
      - Conv2d: [8, 5]   # a comment
      - MaxPool2d: {kernel_size: [2, 1]}
      - name: last
        Linear:
          out_features: 3
    """
    assert beside(text) == {
        "layers:": "→ 8×12×3  283 p  field 6×28",
        "- Conv2d: [8, 5]   # a comment": "→ 8×24×24  208 p  field 5",
        "- MaxPool2d: {kernel_size: [2, 1]}": "→ 8×12×24  field 6×5",
        "Linear:": "→ 8×12×3  75 p  field 6×28",
    }


def test_a_block_has_its_first_use_and_its_uses_their_sums() -> None:
    text = """
    input: [1, 8, 8]
    blocks:
      unit:
        args: {n: }
        layers:
          - Conv2d: [$n, 3]
          - ReLU
    layers:
      - unit: 2
      - repeat: 2
        unit: 3
    """
    assert beside(text) == {
        "- Conv2d: [$n, 3]": "→ 2×6×6  20 p  field 3  first of 3",
        "- ReLU": "→ 2×6×6  field 3  first of 3",
        "layers:": "→ 3×2×2  161 p  field 7",
        "- unit: 2": "→ 2×6×6  20 p  field 3",
        "unit: 3": "→ 3×2×2  141 p  field 7",
    }


def test_composites_and_their_parts_have_sums() -> None:
    text = """
    input: [2, 8, 8]
    layers:
      - Residual:
          body:
            - Conv2d: {out_channels: 2, kernel_size: 3, padding: 1}
            - BatchNorm2d
          shortcut: []
      - Graph:
          a: [Conv2d: [4, 1], ReLU]
          b: {from: [input, a], join: concat}
    """
    assert beside(text, "output", "params") == {
        "layers:": "→ 6×8×8  54 p",
        "- Residual:": "→ 2×8×8  42 p",
        "body:": "→ 2×8×8  42 p",
        "- Conv2d: {out_channels: 2, kernel_size: 3, padding: 1}": "→ 2×8×8  38 p",
        "- BatchNorm2d": "→ 2×8×8  4 p",
        "shortcut: []": "→ 2×8×8",
        "- Graph:": "→ 6×8×8  12 p",
        "a: [Conv2d: [4, 1], ReLU]": "→ 4×8×8  12 p",
        "b: {from: [input, a], join: concat}": "→ 6×8×8",
    }


def test_layers_on_one_line_are_told_together() -> None:
    text = "input: [1, 6, 6]\nlayers: [{Conv2d: [2, 3]}, {Conv2d: [1, 3]}, Flatten, {Linear: 2}]\n"
    assert [*beside(text, "output", "params").values()] == ["→ 2  49 p"]


def test_figures_are_there_up_to_a_mistake() -> None:
    text = """
    input: [1, 8, 8]
    layers:
      - Sequential:
          - Conv2d: [2, 3]
          - Conv2d: [2, 9]
      - ReLU
    """
    assert beside(text, "output") == {"- Conv2d: [2, 3]": "→ 2×6×6"}


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        (("output",), "→ 2×2×2"),
        (("receptive_field", "macs"), "72 MAC  field 3"),
        (("params",), "20 p"),
    ],
)
def test_what_is_shown_can_be_chosen(figures: tuple[str, ...], text: str) -> None:
    spec = "input: [1, 4, 4]\nlayers:\n  - Conv2d: [2, 3]\n"
    assert beside(spec, *figures)["- Conv2d: [2, 3]"] == text


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_a_known_network_ends_with_its_figures(file: Path) -> None:
    reading = read(file.read_text(), file.name)
    plan = reading.report.plan
    assert plan is not None
    line = reading.source.span(("layers",), key=True).line
    whole = next(hint for hint in hints(reading, FIGURES) if hint.line == line)
    shape = "×".join(map(str, plan.output))
    assert whole.text.startswith(f"→ {shape}  {plan.totals.params:,} p  {plan.totals.macs:,} MAC")
    first = [made for path, made in reading.report.made.items() if len(path) == 2]
    assert sum(made[0].params for made in first) == plan.totals.params
