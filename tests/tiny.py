"""A small run on the digits: trained in this process, taken up, or started as a command."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from netspec import source
from netspec.runner.machine.stop import Stop
from netspec.runner.train import Result, train

ROOT = Path(__file__).parents[1]
SPEC = """
name: tiny
input: [1, 8, 8]
layers:
  - Conv2d: {out_channels: 4, kernel_size: 3}
  - ReLU
  - Flatten
  - Linear: 10
train:
  data: {dataset: digits}
  batch_size: 200
  epochs: 3
  optimizer: {Adam: {lr: 0.01}}
"""
CHANCE = """
name: tiny
input: [1, 8, 8]
layers:
  - Conv2d: {out_channels: 8, kernel_size: 3}
  - ReLU
  - Dropout: 0.1
  - Flatten
  - Linear: 10
train:
  data: {dataset: digits, augment: [{RandomRotation: 5}]}
  batch_size: 100
  epochs: 2
  optimizer: {Adam: {lr: 0.01}}
"""
"""The same kind of network, with dropout and augmentation."""
RECIPE = """
name: tiny
input: [1, 8, 8]
layers:
  - Conv2d: {out_channels: 8, kernel_size: 3, bias: false}
  - ReLU
  - Flatten
  - Linear: 10
train:
  data: {dataset: digits}
  batch_size: 100
  epochs: 3
  optimizer: {SGD: {lr: 0.1, momentum: 0.9}}
"""
"""Steps that are the same for a batch as for its parts."""


class Later:
    """A stop that comes after some steps."""

    def __init__(self, steps: int) -> None:
        self.left, self.signal = steps, signal.SIGINT

    def __bool__(self) -> bool:
        self.left -= 1
        return self.left < 0

    interrupted = Stop.interrupted


MAIN = "import sys; sys.argv[0] = 'netspec'; from netspec.cli import main; main()"
HERE = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
"""Where Python may not write much it leaves halves of its own files, so it writes none."""


def run(folder: Path, *changes: tuple[str, str], spec: str = SPEC, **more: Any) -> Result:
    """Train the spec, with some of its text replaced, into the folder's runs/."""
    for old, new in changes:
        assert old in spec
        spec = spec.replace(old, new)
    return train(source.parse(spec, "tiny.yaml"), folder / "data", "cpu", folder / "runs", **more)


def recipe(
    folder: Path, more: str = "", changes: Sequence[tuple[str, str]] = (), **settings: Any
) -> Result:
    """Train RECIPE with more lines at its end, and some of its text replaced."""
    text = RECIPE + "".join(f"  {line}\n" for line in more.split("\n"))
    return run(folder, *changes, spec=text, **settings)


def resume(folder: Path, **more: Any) -> tuple[Result, str]:
    """What a run gives that is taken up, and the lines it prints."""
    out = io.StringIO()
    return train(None, folder, "cpu", folder, out, resume=folder, **more), out.getvalue()


def figures(result: Result) -> list[tuple[float, ...]]:
    return [(r.train_loss, r.train_accuracy, r.loss, r.accuracy, r.lr) for r in result.rows]


def command(
    *arguments: str, cwd: Path, before: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        cwd=cwd, capture_output=True, text=True, check=False, preexec_fn=before,
        env={"PATH": os.environ["PATH"], **HERE, "HOME": str(cwd), **environment},
    )  # fmt: skip
