"""Flips single bits over the whole of each file of a run that is believed later: how many of them
are noticed.

    python tests/bench/flip.py --flips 300

Exits with 1 where one of them goes unnoticed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch

from netspec import load_run
from netspec.diagnostic import NetspecError
from netspec.network.load import BEST
from netspec.runner.after.trained import open_run
from netspec.runner.run.checkpoint import LAST, PREVIOUS, load
from netspec.runner.train import train
from netspec.source import parse

SPEC = """
name: tiny
input: [1, 8, 8]
layers: [{Conv2d: [4, 3]}, BatchNorm2d, ReLU, Flatten, {Linear: 10}]
train:
  data: {dataset: digits}
  batch_size: 200
  epochs: 2
  optimizer: {Adam: 0.01}
"""


def of_weights(folder: Path) -> bool:
    """Whether both ways to read best.safetensors refuse it."""
    refused = 0
    for read in (load_run, open_run):
        try:
            read(folder, "cpu")
        except NetspecError as error:
            refused += BEST in str(error)
    return refused == 2


def of_checkpoint(folder: Path) -> bool:
    """Whether last.ckpt is not gone on from."""
    told: list[str] = []
    try:
        load(folder, 1 << 30, told.append, force=False)
    except NetspecError:
        return LAST in told[0]
    return False


NOTICED: dict[str, Callable[[Path], bool]] = {BEST: of_weights, LAST: of_checkpoint}


def flip(flips: int, seed: int) -> dict[str, int]:
    """How many of that many flips were noticed, by file."""
    torch.set_num_threads(1)
    chance, counts = random.Random(seed), dict.fromkeys(NOTICED, 0)
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        folder = train(parse(SPEC, "tiny.yaml"), home / "data", "cpu", home / "runs").folder
        (folder / PREVIOUS).unlink()
        for name, noticed in NOTICED.items():
            whole = (folder / name).read_bytes()
            for _ in range(flips):
                bit = chance.randrange(8 * len(whole))
                damaged = bytearray(whole)
                damaged[bit // 8] ^= 1 << bit % 8
                (folder / name).write_bytes(damaged)
                if noticed(folder):
                    counts[name] += 1
                else:
                    print(f"{name}: bit {bit} of {8 * len(whole)} goes unnoticed", file=sys.stderr)
            (folder / name).write_bytes(whole)
            assert not noticed(folder), f"{name} is refused unharmed"
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    counts = flip(options.flips, options.seed)
    print(json.dumps(counts))
    sys.exit(any(count < options.flips for count in counts.values()))
