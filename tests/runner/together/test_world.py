"""Several processes that train one network: the figures of one, and nothing lost with a process."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from netspec.cli import main
from netspec.runner.together.world import World

ROOT = Path(__file__).parents[3]
SPEC = """
name: tiny
input: [1, 8, 8]
layers:
  - Conv2d: {out_channels: 4, kernel_size: 3, bias: false}
  - BatchNorm2d
  - ReLU
  - Flatten
  - Linear: {out_features: 10, bias: false}
  - BatchNorm1d: {momentum: null, affine: false}
audit: {ignore: [disturbed-output]}
train:
  data: {dataset: digits, augment: [{RandomRotation: 5}, RandomErasing]}
  batch_size: 287
  epochs: 3
  optimizer: {SGD: {lr: 0.1, momentum: 0.9}}
"""
"""1438 images in batches of 287: the last has 3, so that of four processes one has none.

SGD, for Adam divides by the gradient's size and so makes steps of its rounding."""
FIGURES = ("train_loss", "train_accuracy", "loss", "accuracy", "lr")
PRELOADED = ["netspec.runner.train", "netspec.runner.together.processes", "netspec.cli.train"]
PRELOADED += ["netspec.render.table", "sklearn.datasets", "tensorboardX", "torch._dynamo"]
START = [sys.executable, "-m", "netspec", "train"]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run"]
ENVIRONMENT = {
    key: value for key, value in os.environ.items() if key not in ("RANK", "WORLD_SIZE")
} | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error::FutureWarning"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("world")
    (made / "tiny.yaml").write_text(SPEC)
    return made


def begin(folder: Path, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*command, "--device", "cpu"], cwd=folder, env=ENVIRONMENT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def end(process: subprocess.Popen[str], code: int = 0) -> tuple[str, str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, out + err
    return out, err


def together(
    folder: Path, count: int, *arguments: str, code: int = 0, spec: str = "tiny.yaml"
) -> str:
    """Run a command in processes that have torch already; return what they say of errors."""
    meeting = (folder / f"meeting{time.monotonic_ns()}").as_uri()
    errors = folder / "errors"
    errors.write_text("")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    processes = []
    for rank in range(count):
        told = {
            "RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": count, "LOCAL_WORLD_SIZE": count,
            "NETSPEC_MEETING": meeting, "OMP_NUM_THREADS": 1,
        }  # fmt: skip
        process = context.Process(target=_rank_of, args=(folder, told, errors, [spec, *arguments]))
        process.start()
        processes.append(process)
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [code] * count, errors.read_text()
    return errors.read_text()


def _rank_of(folder: Path, told: dict[str, object], errors: Path, arguments: Sequence[str]) -> None:
    os.chdir(folder)
    os.environ.update({key: str(value) for key, value in told.items()})
    os.environ["NETSPEC_LAUNCHER"] = str(os.getppid())
    torch.set_num_threads(1)
    sys.argv = ["netspec", "train", *arguments, "--device", "cpu"]
    with errors.open("a") as sys.stderr, open(os.devnull, "w") as sys.stdout:
        main()


def rows(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


def weights(run: Path) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = torch.load(run / "last.ckpt", weights_only=True)["state"]
    return found["model"]  # type: ignore[return-value]


def assert_same(run: Path, other: Path) -> None:
    for ours, theirs in zip(rows(run), rows(other), strict=True):
        for key in FIGURES:
            assert ours[key] == pytest.approx(theirs[key], rel=1e-5), (key, ours["epoch"])
    for key, value in weights(other).items():
        torch.testing.assert_close(weights(run)[key], value, rtol=1e-3, atol=1e-5)


@pytest.fixture(scope="module")
def alone(folder: Path) -> Path:
    together(folder, 1, "--runs-dir", "alone")
    return folder / "alone" / "tiny" / "1"


def test_processes_together_get_the_figures_of_one(folder: Path, alone: Path) -> None:
    out, err = end(begin(folder, *START, "tiny.yaml", "--devices", "2", "--runs-dir", "two"))
    assert err == ""
    assert "on cpu, 2 processes, into" in out
    assert out.count("3/3") == out.count("tiny: (1, 8, 8)") == 1
    assert [run.name for run in (folder / "two" / "tiny").iterdir()] == ["1"]
    assert_same(folder / "two" / "tiny" / "1", alone)


def test_recipes_beyond_the_plain_step_give_the_figures_of_one(folder: Path) -> None:
    # A part's statistics are a process's own, so batch norm is left out where batches have parts.
    more = "  average: {EMA: 0.8}\n  clip_grad_norm: 0.5\n  accumulate: 3\n"
    text = "".join(line for line in SPEC.splitlines(True) if "BatchNorm" not in line) + more
    text = text.replace("RandomErasing]", "RandomErasing], mix: [MixUp, CutMix]")
    (folder / "recipe.yaml").write_text(text)
    for count, runs in ((1, "recipe1"), (2, "recipe2")):
        assert together(folder, count, "--runs-dir", runs, spec="recipe.yaml") == ""
    assert_same(folder / "recipe2" / "tiny" / "1", folder / "recipe1" / "tiny" / "1")


def test_two_processes_train_in_bfloat16_as_one_does(folder: Path) -> None:
    (folder / "half.yaml").write_text(f"{SPEC}  precision: bfloat16\n")
    for count, runs in ((1, "half1"), (2, "half2")):
        assert together(folder, count, "--runs-dir", runs, spec="half.yaml") == ""
    for ours, theirs in zip(
        *(rows(folder / runs / "tiny" / "1") for runs in ("half2", "half1")), strict=True
    ):
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=0.02)


def test_a_process_without_a_sample_in_the_last_batch_does_no_harm(
    folder: Path, alone: Path
) -> None:
    assert together(folder, 4, "--runs-dir", "four") == ""
    assert_same(folder / "four" / "tiny" / "1", alone)


def test_torchrun_on_two_machines_gets_the_figures_of_one(folder: Path, alone: Path) -> None:
    """Two launchers stand for two machines."""
    meeting = ("--rdzv-backend", "c10d", "--rdzv-endpoint", f"localhost:{_port()}")
    command = (*TORCHRUN, "--nnodes", "2", "--nproc-per-node", "1", *meeting)
    launchers = [
        begin(folder, *command, "-m", "netspec", "train", "tiny.yaml", "--runs-dir", "nodes")
        for _ in range(2)
    ]
    outs = [end(launcher)[0] for launcher in launchers]
    assert sorted(out.count("3/3") for out in outs) == [0, 1]
    assert_same(folder / "nodes" / "tiny" / "1", alone)


def _port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


class Started:
    """Two processes that train for long, once they are in their second epoch."""

    def __init__(self, folder: Path) -> None:
        self.run = folder / "runs" / "tiny" / "1"
        self.launcher = begin(folder, *START, "tiny.yaml", "--devices", "2", "--epochs", "100000")
        for _ in range(1200):
            if (self.run / "metrics.jsonl").exists():
                break
            time.sleep(0.05)
        self.ranks = sorted(map(int, _children(self.launcher.pid)), key=_rank)
        assert [_rank(pid) for pid in self.ranks] == [0, 1]


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _rank(pid: int) -> int:
    environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    (rank,) = (entry for entry in environment if entry.startswith(b"RANK="))
    return int(rank.removeprefix(b"RANK="))


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    if not Path("/proc/self/task").exists():
        pytest.skip("processes are found in /proc")
    (tmp_path / "tiny.yaml").write_text(SPEC)
    made = Started(tmp_path)
    yield made
    made.launcher.kill()


@pytest.mark.parametrize(
    ("rank", "message"),
    [(0, "process 0 of 2 ended by SIGKILL"), (1, "another process of this run has ended")],
)
def test_a_lost_process_ends_the_others_and_the_run_goes_on_as_if_it_had_not(
    started: Started, rank: int, message: str
) -> None:
    os.kill(started.ranks[rank], signal.SIGKILL)
    began = time.monotonic()
    _, err = end(started.launcher, 3)
    assert time.monotonic() - began < 10
    assert err == f"error: {message}\n  help: what was saved can be taken up with --resume\n"
    if rank == 0:
        return  # what is saved is as for the other
    done = len(rows(started.run))
    epochs = ("--epochs", f"{done + 2}", "--force")
    home = started.run.parents[2]
    assert together(home, 2, "--resume", str(started.run), *epochs) == ""
    assert together(home, 2, "--runs-dir", "whole", *epochs) == ""
    never_stopped = home / "whole" / "tiny" / "1"
    for ours, theirs in zip(rows(started.run), rows(never_stopped), strict=True):
        assert [ours[key] for key in FIGURES] == [theirs[key] for key in FIGURES]
    for key, value in weights(never_stopped).items():
        assert torch.equal(weights(started.run)[key], value), key


@pytest.mark.parametrize("of_all", [True, False], ids=["ctrl-c", "one-process"])
def test_a_signal_ends_all_in_the_same_step_and_saves(started: Started, of_all: bool) -> None:
    os.kill(started.launcher.pid if of_all else started.ranks[1], signal.SIGINT)
    # The first process knows only that another was asked to end.
    _, err = end(started.launcher, 130 if of_all else 143)
    assert err.startswith("error: interrupted after epoch")
    assert err.count("error") == 1
    summary = json.loads((started.run / "summary.json").read_text())
    assert summary["status"] == "interrupted"


def test_another_number_of_processes_is_said_at_resuming(folder: Path) -> None:
    together(folder, 1, "--runs-dir", "again")
    run = folder / "again" / "tiny" / "1"
    err = together(folder, 2, "--resume", str(run), code=3)
    assert "was made with 1 processes, here are 2" in err
    assert err.count("error") == 1
    together(folder, 2, "--resume", str(run), "--force", "--epochs", "4")
    assert [row["epoch"] for row in rows(run)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--set", "layers.4.Linear.out_features=9"], 1, "error[data-mismatch]"),
        (["--set", "train.data={dataset: folder, path: no}"], 3, "no train/ in data/no"),
        (["--set", "train.optimizer={SGD: {lr: 1e30}}"], 3, "loss is "),
    ],
    ids=["data", "folder", "diverged"],
)
def test_a_mistake_is_said_once(
    tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    (tmp_path / "tiny.yaml").write_text(SPEC)
    err = together(tmp_path, 2, *arguments, code=code)
    assert err.count(message) == err.count("error") == 1
    assert "Traceback" not in err


@pytest.mark.parametrize("count", [1, 2])
def test_streamed_images_give_the_figures_of_those_in_memory(tmp_path: Path, count: int) -> None:
    chance = torch.Generator().manual_seed(0)
    for part, images in (("train", 30), ("test", 7)):
        for index in range(images):
            place = tmp_path / "data" / part / str(index % 3)
            place.mkdir(parents=True, exist_ok=True)
            pixels = torch.randint(0, 256, (8, 8), generator=chance, dtype=torch.uint8)
            Image.fromarray(pixels.numpy()).save(place / f"{index}.png")
    text = SPEC.replace("digits,", "folder,").replace("287", "16").replace("s: 10,", "s: 3,")
    text = text.replace("epochs: 3", "epochs: 2")
    (tmp_path / "tiny.yaml").write_text(text.replace("5\n", "5\n  - Dropout\n"))
    for stream in ("true", "false"):
        change = ("--set", f"train.data.stream={stream}", "--runs-dir", stream)
        assert together(tmp_path, count, *change) == ""
    runs = [tmp_path / stream / "tiny" / "1" for stream in ("true", "false")]
    figures = [[[row[key] for key in FIGURES] for row in rows(run)] for run in runs]
    assert figures[0] == figures[1]
    assert all(torch.equal(*(weights(run)[key] for run in runs)) for key in weights(runs[0]))


@pytest.mark.parametrize("whole", [0, 1, 3, 100, 287])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_parts_of_a_batch_are_all_of_it_and_alike(whole: int, size: int) -> None:
    parts = [range(whole)[World(rank=rank, size=size).part(whole)] for rank in range(size)]
    assert [sample for part in parts for sample in part] == list(range(whole))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
