"""Kills runs at random moments and inside saves, resumes them, and holds the end against a run
that was never killed.

    python tests/bench/kill.py --kills 200
    python tests/bench/kill.py --kind streamed
    python tests/bench/kill.py --kind two
    python tests/bench/kill.py --kind numbers
    python tests/bench/kill.py --kind start
    python tests/bench/kill.py --kind mixed
    python tests/bench/kill.py --kind table

Every attempt is a process of its own, forked after torch is imported, or with `--fresh` started
anew. `--kind` says which runs: with images in memory, with images that processes read while it
trains, of two processes, one or both of which are killed, with signals in an .npz file, started
from weights, with a part frozen and another at a rate of its own, with MixUp and CutMix of streamed
images, or with MixUp of a table in a Parquet file.
`--naive` has checkpoints written in place and trusted: it loses runs, which shows that the kills
hit where it hurts.
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

import numpy
import pyarrow
import torch
from pyarrow.parquet import write_table
from safetensors.torch import save_file
from tensorboardX.proto.event_pb2 import Event

from netspec.compiler import compile
from netspec.disk import failpoint
from netspec.network.build import build
from netspec.runner import train
from netspec.runner.run import checkpoint
from netspec.runner.together.variables import (
    LAUNCHER,
    LOCAL_RANK,
    LOCAL_WORLD_SIZE,
    MEETING,
    RANK,
    WORLD_SIZE,
)
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
  accumulate: 2
  epochs: 3
  optimizer: {Adam: {lr: 0.01}}
  scheduler: {OneCycleLR: 0.02}
  average: {EMA: 0.9}
"""
STREAMED = SPEC.replace("digits", "folder, path: images, stream: true").replace("100", "20")
NUMBERS = """
name: tiny
input: [2, 16]
layers: [Conv1d: [8, 3], BatchNorm1d, ReLU, {Dropout: 0.1}, Flatten, {Linear: 3}]
train:
  data: {dataset: npz, path: own.npz, val_fraction: 0.2}
  batch_size: 10
  epochs: 3
  optimizer: {Adam: {lr: 0.01}}
  average: {EMA: 0.9}
"""
START = SPEC.replace("- Linear: 10", "- {name: head, Linear: 10}").replace(
    "  accumulate: 2\n", "  freeze: ['0', '1']\n  groups: {head: {lr: 0.02}}\n"
)
MIXED = STREAMED.replace("stream: true", "stream: true, mix: [MixUp, {CutMix: 0.5}]")
TABLE = """
name: tiny
input: [4]
layers: [{Linear: 8}, BatchNorm1d, ReLU, {Dropout: 0.1}, {Linear: 3}]
train:
  data: {dataset: parquet, path: own.parquet, label: kind, val_fraction: 0.2, mix: [MixUp]}
  batch_size: 10
  epochs: 3
  optimizer: {Adam: {lr: 0.01}}
  loss: {CrossEntropyLoss: {weight: [1, 2, 3], label_smoothing: 0.1}}
"""
KINDS = {
    "start": START, "memory": SPEC, "streamed": STREAMED, "two": SPEC, "numbers": NUMBERS,
    "mixed": MIXED, "table": TABLE,
}  # fmt: skip
OFTEN = 0.01
"""Seconds between saves, so that kills hit them."""


class Kill(NamedTuple):
    after: float | None = None
    """Seconds until the kill."""
    place: str | None = None
    """Failpoint of the kill, as NETSPEC_FAILPOINT has it; of the first process."""
    hit: slice = slice(None)
    """Which of the processes are killed after that time."""


def naive_save(folder: Path, content: dict[str, Any]) -> None:
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


class Way(NamedTuple):
    """How a run is made."""

    kind: str = "memory"
    naive: bool = False
    fresh: bool = False

    @property
    def processes(self) -> int:
        return 2 if self.kind == "two" else 1


def numbers(folder: Path) -> None:
    """Signals of three classes in an .npz file, and a part of them as a table."""
    chance = numpy.random.default_rng(0)
    y = chance.integers(0, 3, 300)
    x = chance.normal(size=(300, 2, 16)) + y[:, None, None]
    numpy.savez(folder / "own.npz", x_train=x, y_train=y)
    columns = {name: x[:, index // 2, index % 2] for index, name in enumerate("abcd")}
    kinds = numpy.array(["low", "high", "none"])[y]
    write_table(pyarrow.table({**columns, "kind": kinds}), folder / "own.parquet")


def weights(folder: Path) -> None:
    """Those of the first layers of the network, of another seed."""
    made = build(compile(text=START), device="cpu", seed=7).state_dict()
    kept = {name: tensor for name, tensor in made.items() if name[0] in "01"}
    save_file(kept, folder / "start.safetensors")


def images(folder: Path) -> None:
    """A few of the digits as image files in class folders, of one time: a run records it."""
    from PIL import Image
    from sklearn.datasets import load_digits

    found = load_digits()
    pixels = (found.images * 255 / 16).astype("uint8")
    for part, places in (("train", range(200)), ("test", range(200, 260))):
        for i in places:
            file = folder / "images" / part / str(found.target[i]) / f"{i}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels[i]).save(file)
            os.utime(file, (0, 0))


def attempt(folder: Path, kill: Kill, way: Way, save_every: float) -> None:
    """Start the run, or go on with it; in this process."""
    torch.set_num_threads(1)
    if way.naive:
        checkpoint.save, checkpoint.load = naive_save, naive_load  # type: ignore[assignment]
    if kill.place:
        place, _, count = kill.place.rpartition(":")
        failpoint._place, failpoint._left = place, int(count)
    started = sorted(folder.glob("runs/tiny/*/spec.yaml"))
    where: dict[str, Any] = {"data_dir": folder, "device": "cpu", "runs_dir": folder / "runs"}
    if started:
        train.train(resume=started[0].parent, save_every=save_every, **where)
    else:
        (folder / "tiny.yaml").write_text(KINDS[way.kind])
        weights = folder / "start.safetensors" if way.kind == "start" else None
        spec = load(folder / "tiny.yaml")
        train.train(spec, save_every=save_every, weights=weights, **where)


def places(folder: Path, way: Way) -> int:
    """How many failpoints the first process of a whole run passes."""
    many = 10**9
    assert not any(start(folder, Kill(place=f"*:{many}"), way, OFTEN))
    return many - int((folder / "left").read_text())


def start(folder: Path, kill: Kill, way: Way, save_every: float) -> list[int]:
    """How the processes of an attempt ended, as waitpid has it."""
    if way.fresh:
        code = f"import kill; kill.attempt(kill.Path({str(folder)!r}), kill.{kill!r}, kill.{way!r},"
        process = subprocess.Popen(
            [sys.executable, "-c", f"{code} {save_every})"],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
            },
            stderr=(folder / "stderr").open("w"),
        )
        pids = [process.pid]
    else:
        (folder / "meeting").unlink(missing_ok=True)
        pids = [
            _forked(folder, kill if rank == 0 or not kill.place else Kill(), way, save_every, rank)
            for rank in range(way.processes)
        ]
    if kill.after is not None:
        time.sleep(kill.after)
        for pid in pids[kill.hit]:
            os.kill(pid, signal.SIGKILL)
    return [os.waitpid(pid, 0)[1] for pid in pids]


def _forked(folder: Path, kill: Kill, way: Way, save_every: float, rank: int) -> int:
    """The number of a process that makes an attempt, or one process's part in it."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.dup2(os.open(folder / f"stderr{rank}", os.O_CREAT | os.O_WRONLY | os.O_TRUNC), 2)
        if way.processes > 1:
            size, meeting = str(way.processes), (folder / "meeting").as_uri()
            os.environ.update({WORLD_SIZE: size, LOCAL_WORLD_SIZE: size, MEETING: meeting})
            os.environ.update({RANK: str(rank), LOCAL_RANK: str(rank), LAUNCHER: f"{os.getppid()}"})
        attempt(folder, kill, way, save_every)
        if rank == 0:
            (folder / "left").write_text(str(failpoint._left))
        os._exit(0)
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}".encode())
        os._exit(1)


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


def harm(
    kills: int, seed: int, kind: str = "memory", naive: bool = False, fresh: bool = False
) -> dict[str, Any]:
    """How runs ended that were killed that often."""
    way = Way(kind, naive, fresh)
    chance = random.Random(seed)
    counts = dict.fromkeys(("random", "in saves", "runs", "identical", "different", "lost"), 0)
    with tempfile.TemporaryDirectory() as place:

        def folder(name: str) -> Path:
            made = Path(place, name)
            made.mkdir()
            images(made)
            numbers(made)
            weights(made)
            return made

        never, warm = folder("never"), folder("warm")
        if way.processes == 1:
            # In this process, so that the forked ones need not load again what it loads.
            attempt(never, Kill(), Way(kind), 60.0)
        else:
            attempt(folder("loads"), Kill(), Way(), 60.0)
            assert not any(start(never, Kill(), way, 60.0)), (never / "stderr0").read_text()
        wanted = end(never)
        began = time.monotonic()
        assert not any(start(warm, Kill(), Way(kind, fresh=fresh), 60.0)), "it fails unharmed"
        assert end(warm) == wanted, "two runs that were never killed differ"
        whole = time.monotonic() - began
        passed = 1 if naive else places(folder("places"), Way(kind))
        done = 0
        while done < kills:
            run = folder(str(counts["runs"]))
            counts["runs"] += 1
            history = []
            while True:
                in_save = done % 2 == 1
                hit = chance.choice([slice(None), slice(0, 1), slice(1, 2)])
                hit = hit if way.processes > 1 else slice(None)
                kill = Kill(after=chance.uniform(0, whole), hit=hit)
                if in_save:
                    kill = Kill(place=f"*:{chance.randint(1, passed)}")
                    kill = Kill(place="naive:half:1") if naive else kill
                statuses = start(run, kill if done < kills else Kill(), way, OFTEN)
                if any(map(os.WIFSIGNALED, statuses)):
                    done += 1
                    counts["in saves" if in_save else "random"] += 1
                    history.append("s" if in_save else "r")
                    continue
                if any(statuses):
                    how = "lost"
                    for told in run.glob("stderr*"):
                        print(told.read_text()[:200], file=sys.stderr)
                else:
                    how = "identical" if end(run) == wanted else "different"
                counts[how] += 1
                print(f"run {counts['runs']}: {len(history)} kills {''.join(history)}: {how}")
                break
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=KINDS, default="memory")
    parser.add_argument("--naive", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    counts = harm(**vars(parser.parse_args()))
    print(json.dumps(counts))
