from __future__ import annotations

from pathlib import Path

import pytest
import shades
import torch
from shades import SHADES, paint

from netspec import source
from netspec.runner.train import train

SPEC = """
name: tiny
input: [1, 8, 8]
layers:
  - Conv2d: {out_channels: 8, kernel_size: 3}
  - BatchNorm2d
  - ReLU
  - Flatten
  - Linear: 10
train:
  data: {dataset: digits}
  batch_size: 100
  epochs: 2
  optimizer: {Adam: {lr: 0.003}}
"""


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data/shades/, runs/tiny/1/ and runs/shades/1/."""
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("trained")
    for part, count in (("train", 12), ("test", 4)):
        for name, shade in SHADES.items():
            for i in range(count):
                paint(root / "data" / "shades" / part / name / f"{i}.png", shade)
    for spec, name in ((SPEC, "tiny.yaml"), (shades.SPEC, "shades.yaml")):
        train(source.parse(spec, name), root / "data", "cpu", root / "runs")
    return root


@pytest.fixture
def here(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(trained)
    return trained
