"""Two runs side by side: seconds an epoch with torch's own choice of threads and with netspec's.

    python tests/bench/bench_threads.py --rounds 5

Only a machine on which nothing else runs says anything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
SPEC = """\
input: [1, 8, 8]
layers:
  - Conv2d: {out_channels: 64, kernel_size: 3, padding: 1}
  - ReLU
  - Conv2d: {out_channels: 64, kernel_size: 3, padding: 1}
  - ReLU
  - AdaptiveAvgPool2d: 1
  - Flatten
  - Linear: 10
train: {data: {dataset: digits}, batch_size: 128, epochs: 8, optimizer: Adam}
"""


def side_by_side(folder: Path, runs: int, own: bool) -> tuple[float, list[int]]:
    """Seconds of the slowest run's median epoch, and the threads of each."""
    torchs = {"OMP_NUM_THREADS": str(len(os.sched_getaffinity(0)))} if own else {}
    environment = {k: v for k, v in os.environ.items() if k != "OMP_NUM_THREADS"} | torchs
    began = [
        subprocess.Popen(
            [sys.executable, "-m", "netspec", "train", "net.yaml", "--runs-dir", f"runs-{i}"],
            cwd=folder, env=environment | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL,
        )
        for i in range(runs)
    ]  # fmt: skip
    for one in began:
        if one.wait():
            sys.exit(f"a run ended with {one.returncode}")
    seconds, threads = [], []
    for i in range(runs):
        run = max((folder / f"runs-{i}" / "net").iterdir(), key=lambda each: int(each.name))
        rows = (run / "metrics.jsonl").read_text().splitlines()
        seconds.append(median(json.loads(row)["seconds"] for row in rows))
        threads.append(json.loads((run / "environment.json").read_text())["threads"])
    return max(seconds), threads


def main() -> int:
    """Print both; 1 where netspec's choice is the slower one."""
    parser = ArgumentParser(description=__doc__, formatter_class=ArgumentDefaultsHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=2, help="runs beside each other")
    given = parser.parse_args()
    found: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "net.yaml").write_text(SPEC)
        for _ in range(given.rounds):
            for own, before in found.items():
                seconds, threads = side_by_side(Path(place), given.runs, own)
                before.append(seconds)
                print(f"{'torch' if own else 'netspec'}: {seconds:.3f} s, threads {threads}")
    ratio = median(found[False]) / median(found[True])
    print(f"netspec / torch {ratio:.2f}")
    return int(ratio > 1)


if __name__ == "__main__":
    sys.exit(main())
