"""Kills runs at random moments and inside saves, resumes them, and holds the end against a run
that was never killed.

    python tests/bench/kill.py --kills 200

Every attempt is a process of its own, forked after torch is imported, or with `--fresh` started
anew. `--naive` has checkpoints written in place and trusted: it loses runs, which shows that the
kills hit where it hurts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import torch
from tensorboardX.proto.event_pb2 import Event

from netspec.disk import failpoint
from netspec.runner import train
from netspec.runner.run import checkpoint
from netspec.source import load

SPEC = """
name: tiny
input: [1, 8, 8]
layers:
  - Conv2d: {out_channels: 8, kernel_size: 3, bias: false}
  - BatchNorm2d
  - ReLU
  - Dropout: 0.1
  - Flatten
  - Linear: 10
train:
  data: {dataset: digits, augment: [{RandomRotation: 5}]}
  batch_size: 100
  epochs: 3
  optimizer: {Adam: {lr: 0.01}}
  scheduler: {OneCycleLR: 0.02}
  average: {EMA: 0.9}
"""
PLACES = 330
"""About as many failpoints as an attempt passes."""


class Kill(NamedTuple):
    after: float | None = None
    """Seconds until the kill."""
    place: str | None = None
    """Failpoint of the kill, as NETSPEC_FAILPOINT has it."""


def naive_save(folder: Path, manifest: Any, content: dict[str, Any]) -> None:
    path = folder / checkpoint.LAST
    torch.save({"schema": checkpoint.SCHEMA, **content}, path.with_suffix(".bytes"))
    data = path.with_suffix(".bytes").read_bytes()
    with path.open("wb") as file:
        for part in (data[: len(data) // 2], data[len(data) // 2 :]):
            file.write(part)
            file.flush()
            failpoint.reach("naive:half")


def naive_load(folder: Path, *_: Any) -> Any:
    path = folder / checkpoint.LAST
    return torch.load(path, weights_only=True) if path.exists() else None


def attempt(folder: Path, kill: Kill, naive: bool, save_every: float) -> None:
    """Start the run, or go on with it; in this process."""
    torch.set_num_threads(1)
    if naive:
        checkpoint.save, checkpoint.load = naive_save, naive_load  # type: ignore[assignment]
    if kill.place:
        place, _, count = kill.place.rpartition(":")
        failpoint._place, failpoint._left = place, int(count)
    started = sorted(folder.glob("runs/tiny/*/spec.yaml"))
    where: dict[str, Any] = {"data_dir": folder, "device": "cpu", "runs_dir": folder / "runs"}
    if started:
        train.train(resume=started[0].parent, save_every=save_every, **where)
    else:
        (folder / "tiny.yaml").write_text(SPEC)
        train.train(load(folder / "tiny.yaml"), save_every=save_every, **where)


def start(folder: Path, kill: Kill, naive: bool, fresh: bool, save_every: float) -> int:
    """How an attempt in a process of its own ended, as waitpid has it."""
    if fresh:
        code = f"import kill; kill.attempt(kill.Path({str(folder)!r}), kill.{kill!r}, {naive}, "
        process = subprocess.Popen(
            [sys.executable, "-c", f"{code}{save_every})"],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
            },
            stderr=(folder / "stderr").open("w"),
        )
        pid = process.pid
    else:
        pid = os.fork()
        if not pid:
            try:
                os.dup2(os.open(folder / "stderr", os.O_CREAT | os.O_WRONLY | os.O_TRUNC), 2)
                attempt(folder, kill, naive, save_every)
                os._exit(0)
            except BaseException as error:
                os.write(2, f"{type(error).__name__}: {error}".encode())
                os._exit(1)
    if kill.after is not None:
        time.sleep(kill.after)
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def scalars(folder: Path) -> list[tuple[int, str, float]]:
    """Every TensorBoard event of a run but the durations."""
    (file,) = folder.glob("events.out.tfevents.*")
    data, at, found = file.read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 8], "little")
        event = Event.FromString(data[at + 12 : at + 12 + size])
        at += 16 + size
        found += [(event.step, v.tag, v.simple_value) for v in event.summary.value]
    return [scalar for scalar in found if scalar[1] != "seconds"]


def end(folder: Path) -> dict[str, Any]:
    """What a finished run left, durations apart: equal for runs that are equal bit by bit."""
    (run,) = (spec.parent for spec in folder.glob("runs/tiny/*/spec.yaml"))
    state = torch.load(run / "last.ckpt", weights_only=True)["state"]

    def digest(value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return sha256(value.contiguous().numpy().tobytes()).hexdigest()
        if isinstance(value, dict):
            return {str(key): digest(each) for key, each in value.items() if key != "seconds"}
        return [digest(each) for each in value] if isinstance(value, list) else value

    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return {
        "state": digest(state),
        "best": sha256((run / "best.safetensors").read_bytes()).hexdigest(),
        "rows": [{**row, "seconds": None} for row in rows],
        "events": scalars(run),
        "stale": [file.name for file in run.glob(".*.partial")],
    }


def harm(kills: int, seed: int, naive: bool = False, fresh: bool = False) -> dict[str, Any]:
    """Kill that often, and return how the runs ended."""
    chance = random.Random(seed)
    counts = dict.fromkeys(("random", "in saves", "runs", "identical", "different", "lost"), 0)
    with tempfile.TemporaryDirectory() as place:
        never = Path(place, "never")
        never.mkdir()
        # In this process, so that the forked ones need not load again what it loads.
        attempt(never, Kill(), False, 60.0)
        wanted = end(never)
        began = time.monotonic()
        warm = Path(place, "warm")
        warm.mkdir()
        assert start(warm, Kill(), False, fresh, 60.0) == 0, (warm / "stderr").read_text()
        assert end(warm) == wanted, "two runs that were never killed differ"
        whole = time.monotonic() - began
        done = 0
        while done < kills:
            folder = Path(place, str(counts["runs"]))
            folder.mkdir()
            counts["runs"] += 1
            history = []
            while True:
                in_save = done % 2 == 1
                kill = Kill(after=chance.uniform(0, whole))
                if in_save:
                    kill = Kill(place="naive:half:1" if naive else f"*:{chance.randint(1, PLACES)}")
                status = start(folder, kill if done < kills else Kill(), naive, fresh, 0.01)
                if os.WIFSIGNALED(status):
                    done += 1
                    counts["in saves" if in_save else "random"] += 1
                    history.append("s" if in_save else "r")
                    continue
                if status:
                    how = "lost"
                    print((folder / "stderr").read_text()[:200], file=sys.stderr)
                else:
                    how = "identical" if end(folder) == wanted else "different"
                counts[how] += 1
                print(f"run {counts['runs']}: {len(history)} kills {''.join(history)}: {how}")
                break
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--naive", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    counts = harm(**vars(parser.parse_args()))
    print(json.dumps(counts))
