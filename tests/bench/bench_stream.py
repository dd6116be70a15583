"""Memory over time of a class folder that is streamed: how much, and whether it grows.

python tests/bench/bench_stream.py [IMAGES] [EPOCHS]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
from PIL import Image

ROOT = Path(__file__).parents[2]
CLASSES, SIDE = 10, 64
SPEC = """
name: stream
input: [3, 64, 64]
layers:
  - Conv2d: {out_channels: 8, kernel_size: 3, stride: 2}
  - ReLU
  - AdaptiveAvgPool2d: 4
  - Flatten
  - Linear: 10
train:
  data: {dataset: folder, path: folder, stream: STREAM, augment: [RandomHorizontalFlip]}
  batch_size: 100
  epochs: EPOCHS
  optimizer: SGD
"""


def make(folder: Path, images: int) -> None:
    """Write JPEGs of noise over a colour that says the class."""
    chance = numpy.random.default_rng(0)
    noise = chance.integers(0, 80, (256, SIDE, SIDE, 3), numpy.uint8)
    for part, count in (("train", images), ("test", images // 10)):
        for index in range(count):
            label = index % CLASSES
            place = folder / part / str(label)
            place.mkdir(parents=True, exist_ok=True)
            picture = noise[index % 256] + numpy.uint8(label * 16)
            Image.fromarray(picture).save(place / f"{index}.jpg", quality=80)


def memory(pid: int) -> tuple[int, int]:
    """MiB of a process, and of it and all below it; pages that are shared count once."""
    found = []
    for each in (pid, *below(pid)):
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        found += [int(line.split()[1]) // 1024 for line in lines if line.startswith("Pss:")]
    return (found[0], sum(found)) if found else (0, 0)


def below(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [each for child in map(int, children) for each in (child, *below(child))]


def watch(folder: Path, stream: str, epochs: int) -> None:
    spec = folder / "stream.yaml"
    spec.write_text(SPEC.replace("STREAM", stream).replace("EPOCHS", str(epochs)))
    command = [sys.executable, "-m", "netspec", "train", str(spec), "--data-dir", str(folder)]
    began, peak, rows = time.monotonic(), 0, []
    with subprocess.Popen(
        [*command, "--device", "cpu", "--runs-dir", str(folder / "runs")],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        while process.poll() is None:
            alone, all_together = memory(process.pid)
            peak = max(peak, all_together)
            rows.append((time.monotonic() - began, alone, all_together))
            time.sleep(0.5)
    print(f"\nstream: {stream}: MiB of the process, and with those that read images")
    for seconds, alone, all_together in rows[:: max(1, len(rows) // 20)]:
        print(f"{seconds:6.1f} s  {alone:5}  {all_together:5}")
    print(f"peak {peak} MiB")


def main() -> None:
    images, epochs = [*map(int, sys.argv[1:]), *(20_000, 3)[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder / "folder", images)
        decoded = images * 1.1 * SIDE * SIDE * 3 / 2**20
        print(f"{images} + {images // 10} images, {decoded:.0f} MiB decoded, {epochs} epochs")
        for stream in ("true", "false"):
            watch(folder, stream, epochs)


if __name__ == "__main__":
    main()
