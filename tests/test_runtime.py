"""Training: torch's own names, the loop, the run folder, and what stops it."""

from __future__ import annotations

import inspect
import json
import os
import platform
import signal
import threading
import time
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from torch import nn
from torchvision.transforms import v2

from netspec import source
from netspec.compiler import walk as compiler
from netspec.diagnostic import NetspecError, SpecError, UsageError
from netspec.language.training import AUGMENTATIONS, LOSSES, OPTIMIZERS, SCHEDULERS, Goal, Train
from netspec.language.training.vocabulary import Vocabulary
from netspec.network import device
from netspec.network.build import build
from netspec.runner.data.datasets import load
from netspec.runner.data.prepare import Prepare
from netspec.runner.fit import fit
from netspec.runner.loop import optimize
from netspec.runner.loop.display import Display
from netspec.runner.machine import allocator, threads
from netspec.runner.machine.stop import Stop
from netspec.runner.run.folder import Writer
from netspec.runner.run.metrics import Row, reached
from netspec.runner.train import Result, train

pytestmark = pytest.mark.usefixtures("one_thread")

SPEC = """
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


def run(folder: Path, *changes: tuple[str, str], out: StringIO | None = None) -> Result:
    text = SPEC
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    spec = source.parse(text, "tiny.yaml")
    return train(spec, folder / "data", "cpu", folder / "runs", out=out)


def figures(result: Result) -> list[tuple[float, ...]]:
    return [(r.train_loss, r.train_accuracy, r.loss, r.accuracy, r.lr) for r in result.rows]


HEAD = "epoch train loss train acc test loss test acc lr seconds"
OURS = {"params", "optimizer", "foreach", "fused", "capturable", "differentiable", "maximize"}
"""What the loop gives, and ways to compute the same."""
LEFT_OUT = {
    "Adam": {"decoupled_weight_decay"},  # that is AdamW, and torch 2.6 has it not
    "OneCycleLR": {"total_steps", "epochs", "steps_per_epoch"},
    "CrossEntropyLoss": {"weight", "size_average", "ignore_index", "reduce", "reduction"},
    "NLLLoss": {"weight", "size_average", "ignore_index", "reduce", "reduction"},
    "RandomRotation": {"expand", "center"},
    "RandomAffine": {"center"},
    "RandomCrop": {"pad_if_needed"},
    "RandomResizedCrop": {"interpolation", "antialias"},
    "RandomErasing": {"inplace"},
    "ColorJitter": {"hue"},
}
KNOWN = {"T_max", "size"}
"""Torch asks for them; the run and the image tell."""


@pytest.mark.parametrize(
    ("vocabulary", "home", "name"),
    [
        (vocabulary, home, name)
        for vocabulary, home in (
            (OPTIMIZERS, torch.optim),
            (SCHEDULERS, torch.optim.lr_scheduler),
            (LOSSES, nn),
            (AUGMENTATIONS, v2),
        )
        for name in vocabulary.words
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_names_order_and_defaults_are_torchs(vocabulary: Vocabulary, home: Any, name: str) -> None:
    ours = inspect.signature(vocabulary.words[name]).parameters
    theirs = {
        key: value
        for key, value in inspect.signature(getattr(home, name)).parameters.items()
        if key not in OURS | LEFT_OUT.get(name, set()) | {"last_epoch", "verbose"}
    }
    assert list(ours) == list(theirs)
    for key, parameter in ours.items():
        if key in KNOWN:
            assert parameter.default is None
        else:
            assert parameter.default == theirs[key].default, key


@pytest.mark.parametrize("name", OPTIMIZERS.words)
def test_every_optimizer_takes_a_step(name: str) -> None:
    model = nn.Linear(3, 2)
    before = model.weight.detach().clone()
    descent = optimize.optimizer(OPTIMIZERS.read(name), model)
    model(torch.ones(1, 3)).sum().backward()
    descent.step()
    assert not torch.equal(before, model.weight)


@pytest.mark.parametrize(
    ("written", "rates"),
    [
        (None, [1, 1, 1, 1]),
        ({"StepLR": 2}, [1, 1, 0.1, 0.1]),
        ({"MultiStepLR": [[1, 3], 0.5]}, [1, 0.5, 0.5, 0.25]),
        ({"ExponentialLR": 0.5}, [1, 0.5, 0.25, 0.125]),
        ("CosineAnnealingLR", [1, 0.853553, 0.5, 0.146447]),
        ({"CosineAnnealingLR": 2}, [1, 0.5, 0, 0.5]),
        ({"CosineAnnealingWarmRestarts": 2}, [1, 0.5, 1, 0.5]),
        ({"LinearLR": [0.5, 1, 2]}, [0.5, 0.75, 1, 1]),
        ({"ConstantLR": [0.5, 2]}, [0.5, 0.5, 1, 1]),
        ({"PolynomialLR": 4}, [1, 0.75, 0.5, 0.25]),
        ({"ReduceLROnPlateau": {"patience": 1}}, [1, 1, 1, 0.1]),
        ({"ReduceLROnPlateau": {"patience": 1, "mode": "max"}}, [1, 1, 1, 1]),
    ],
    ids=str,
)
def test_schedulers_step_once_an_epoch(written: Any, rates: list[float]) -> None:
    descent = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0)
    part = None if written is None else SCHEDULERS.read(written)
    schedule = optimize.Schedule(part, descent, epochs=4, steps=3)
    seen = []
    for epoch in range(4):
        for _ in range(3):
            descent.step()
            schedule.after_batch()
        seen.append(schedule.lr)
        schedule.after_epoch(loss=1.0, accuracy=epoch / 4)
    assert seen == pytest.approx(rates, abs=1e-6)


def test_one_cycle_steps_each_batch_to_the_end_of_the_run() -> None:
    descent = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0)
    part = SCHEDULERS.read({"OneCycleLR": {"max_lr": 2.0, "pct_start": 0.5}})
    schedule = optimize.Schedule(part, descent, epochs=4, steps=5)
    seen = []
    for _ in range(4):
        for _ in range(5):
            seen.append(schedule.lr)
            descent.step()
            schedule.after_batch()
        schedule.after_epoch(loss=1.0, accuracy=0.0)
    assert seen.index(max(seen)) == 9
    assert max(seen) == pytest.approx(2.0)
    assert seen[0] == pytest.approx(2 / 25)
    assert seen[-1] == pytest.approx(2 / 25 / 1e4)


@pytest.mark.parametrize(
    ("last", "named", "loss"),
    [
        ([nn.LogSoftmax(1)], None, nn.NLLLoss),
        ([nn.LogSoftmax(1), nn.Flatten(), nn.Identity()], None, nn.NLLLoss),
        ([nn.Linear(2, 2)], None, nn.CrossEntropyLoss),
        ([nn.LogSoftmax(1)], {"CrossEntropyLoss": 0.1}, nn.CrossEntropyLoss),
    ],
)
def test_the_loss_goes_with_the_last_layer_or_is_named(
    last: list[nn.Module], named: Any, loss: type[nn.Module]
) -> None:
    section = {"data": {"dataset": "digits"}, "batch_size": 1, "epochs": 1, "optimizer": "SGD"}
    train = Train.model_validate(section | {"loss": named})
    made = optimize.criterion(train, nn.Sequential(nn.Sequential(*last)))
    assert type(made) is loss
    assert getattr(made, "label_smoothing", 0) == (0.1 if named else 0)


def test_a_run_leaves_files_that_explain_themselves(tmp_path: Path) -> None:
    out = StringIO()
    result = run(tmp_path, out=out)
    folder = tmp_path / "runs" / "tiny" / "1"
    assert result.folder == folder
    names = {path.name.split(".1")[0] for path in folder.iterdir()}
    assert names == {
        "spec.yaml", "environment.json", "metrics.jsonl", "events.out.tfevents", "last.ckpt",
        "previous.ckpt", "manifest.json", "best.safetensors", "summary.json", ".lock",
        "curves.png", "confusion.png",
    }  # fmt: skip
    assert (folder / "spec.yaml").read_text() == SPEC
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in rows] == [1, 2]
    assert rows[1]["accuracy"] == result.rows[1].accuracy > 0.5
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["status"], summary["epochs"], summary["goal"]) == ("finished", 2, None)
    assert summary["best"]["accuracy"] == result.best.accuracy
    found = json.loads((folder / "environment.json").read_text())
    assert found["torch"] == torch.__version__
    assert (found["device"], found["threads"], found["layout"]) == ("cpu", 1, "channels_last")
    lines = out.getvalue().splitlines()
    assert "1438 training and 359 test images of digits" in lines[0]
    assert " ".join(lines[1].split()) == HEAD
    assert [line.split()[0] for line in lines[2:]] == ["1/2", "2/2"]
    assert "\x1b" not in out.getvalue()


def test_best_weights_carry_the_spec_and_fit_the_plan(tmp_path: Path) -> None:
    folder = run(tmp_path).folder
    with safe_open(folder / "best.safetensors", "pt") as saved:
        text = saved.metadata()["spec"]
        weights = {key: saved.get_tensor(key) for key in saved.keys()}  # noqa: SIM118
    model = build(compiler.compile(source.parse(text, "spec.yaml")), device="cpu")
    model.load_state_dict(weights, strict=True)


def test_runs_are_numbered_and_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "x" / "7").mkdir(parents=True)
    (tmp_path / "x" / "notes").mkdir()
    threads = [threading.Thread(target=Writer.create, args=(tmp_path, "x")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(int(p.name) for p in (tmp_path / "x").iterdir() if p.name.isdecimal())
    assert numbers == list(range(7, 16))


def test_the_same_seed_gives_bit_identical_figures_and_another_does_not(tmp_path: Path) -> None:
    first, second = run(tmp_path), run(tmp_path)
    assert figures(first) == figures(second)
    weights = [torch.load(r.folder / "last.ckpt", weights_only=True) for r in (first, second)]
    for key, value in weights[0]["state"]["model"].items():
        assert torch.equal(value, weights[1]["state"]["model"][key]), key
    other = run(tmp_path, ("epochs: 2", "epochs: 2\n  seed: 1"))
    assert figures(first)[0] != figures(other)[0]


def test_the_held_back_part_is_named_in_the_lines(tmp_path: Path) -> None:
    out = StringIO()
    run(tmp_path, ("digits,", "digits, val_fraction: 0.2,"), ("epochs: 2", "epochs: 1"), out=out)
    assert "1151 training and 287 val images" in out.getvalue()
    assert "val acc" in out.getvalue()


@pytest.mark.parametrize(
    ("accuracies", "goal", "wanted"),
    [
        ([0.5, 0.9, 0.9], {"accuracy": 0.9, "last_epochs": 2}, True),
        ([0.9, 0.9, 0.8], {"accuracy": 0.9}, False),
        ([0.9, 0.8, 0.9], {"accuracy": 0.9, "last_epochs": 2}, False),
        ([0.9], {"accuracy": 0.9, "last_epochs": 2}, False),
        ([0.9], None, None),
    ],
)
def test_a_goal_is_reached_in_each_of_the_last_epochs(
    accuracies: list[float], goal: Any, wanted: bool | None
) -> None:
    rows = [Row(i, 0, 0, 0, accuracy, 0, 0) for i, accuracy in enumerate(accuracies)]
    assert reached(Goal(**goal) if goal else None, rows) is wanted


def test_a_loss_that_is_not_finite_stops_the_run_and_names_the_step(tmp_path: Path) -> None:
    with pytest.raises(NetspecError, match=r"loss is (nan|inf) at step \d+ of epoch 1, ") as caught:
        run(tmp_path, ("Adam: {lr: 0.01}", "SGD: {lr: 1.0e+30}"))
    assert caught.value.exit_code == 3
    folder = tmp_path / "runs" / "tiny" / "1"
    assert json.loads((folder / "summary.json").read_text())["status"] == "failed"
    assert not (folder / "best.safetensors").exists()


def test_data_that_does_not_fit_is_said_at_its_place_before_a_folder_is_made(
    tmp_path: Path,
) -> None:
    with pytest.raises(SpecError) as caught:
        run(tmp_path, ("Linear: 10", "Linear: 9"))
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert (found.code, found.span.line) == ("data-mismatch", 11)
    assert not (tmp_path / "runs").exists()


def test_a_spec_that_says_nothing_of_training_is_refused(tmp_path: Path) -> None:
    spec = source.parse(SPEC.partition("train:")[0], "tiny.yaml")
    with pytest.raises(UsageError, match="does not say how to train"):
        train(spec, tmp_path)


def test_a_network_without_weights_is_refused_before_a_folder_is_made(tmp_path: Path) -> None:
    pool = "  - AdaptiveAvgPool2d: {output_size: [2, 5]}\n  - Flatten\n"
    text = SPEC[: SPEC.index("  - Conv2d")] + pool + SPEC[SPEC.index("train:") :]
    with pytest.raises(UsageError, match="no layer has weights"):
        train(source.parse(text, "tiny.yaml"), tmp_path, "cpu", tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_the_step_saves_and_ends_with_its_code(
    tmp_path: Path, number: int
) -> None:
    sent = threading.Event()

    def send() -> None:
        folder = tmp_path / "runs" / "tiny" / "1"
        for _ in range(3000):
            if (folder / "last.ckpt").exists():
                os.kill(os.getpid(), number)
                sent.set()
                return
            time.sleep(0.01)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    before = signal.getsignal(number)
    with pytest.raises(NetspecError, match="interrupted after epoch") as caught:
        run(tmp_path, ("epochs: 2", "epochs: 2000"))
    thread.join()
    assert sent.is_set()
    assert caught.value.exit_code == 128 + number
    assert signal.getsignal(number) is before
    folder = tmp_path / "runs" / "tiny" / "1"
    state = torch.load(folder / "last.ckpt", weights_only=True)["state"]
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["status"], summary["epochs"]) == ("interrupted", state["epoch"])
    assert state["epoch"] + state["step"] > 0


class Later:
    """A stop that comes after some steps."""

    def __init__(self, steps: int) -> None:
        self.left, self.signal = steps, signal.SIGINT

    def __bool__(self) -> bool:
        self.left -= 1
        return self.left < 0

    interrupted = Stop.interrupted


@pytest.mark.parametrize("average", ["", "average: {EMA: 0.9}", "average: {SWA: 2}"])
@pytest.mark.parametrize("steps", [1, 14, 15, 16, 31])
def test_a_run_taken_up_again_ends_as_one_that_never_stopped(
    tmp_path: Path, steps: int, average: str
) -> None:
    more = "epochs: 3\n  accumulate: 2\n  scheduler: {OneCycleLR: 0.02}\n  "
    text = SPEC.replace("epochs: 2", more + average).replace("- ReLU", "- BatchNorm2d\n  - ReLU")
    plan = compiler.compile(source.parse(text, "tiny.yaml"))
    section = plan.spec.train
    assert section is not None
    data = load(section.data, tmp_path, plan.input, plan.output)
    prepare = Prepare(section.data, data.train, plan.input)

    def go(run: Writer, stop: Any, resume: Any = None) -> dict[str, Any]:
        model = build(plan, device="cpu", seed=5 if resume else section.seed)
        run.describe(plan.source, {}, {})
        display = Display(section.epochs)
        with run:
            fit(model, section, data, prepare, run=run, display=display, stop=stop, resume=resume)
        return dict(model.state_dict())

    whole, parts = Writer.create(tmp_path, "whole"), Writer.create(tmp_path, "parts")
    weights = go(whole, Stop())
    with pytest.raises(NetspecError, match="interrupted"):
        go(parts, Later(steps))
    torch.manual_seed(99)
    parts = Writer(parts.folder)
    parts.describe(plan.source, {}, {})
    saved = parts.saved(1 << 30, print, force=False)
    assert saved is not None
    resumed = go(parts, Stop(), resume=saved)
    assert all(torch.equal(value, resumed[key]) for key, value in weights.items())
    figures = [[replace(row, seconds=0) for row in run.rows] for run in (whole, parts)]
    assert figures[0] == figures[1]
    kept = [(run.folder / "best.safetensors").read_bytes() for run in (whole, parts)]
    assert kept[0] == kept[1]


@pytest.mark.parametrize(
    ("name", "message"),
    [("gpu", "unknown device 'gpu'"), ("cuda:99", "cuda"), ("cuda:x", "unknown device 'cuda:x'")],
)
def test_a_device_that_is_not_here_is_refused(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        device.choose(name)


@pytest.mark.parametrize(("macs", "wanted"), [(1_000_000, 1), (10**9, 2)])
def test_a_small_network_runs_on_one_thread(
    monkeypatch: pytest.MonkeyPatch, macs: int, wanted: int
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    torch.set_num_threads(2)
    with threads.threads(macs):
        assert torch.get_num_threads() == wanted
    assert torch.get_num_threads() == 2


def test_glibc_is_told_to_keep_memory_and_others_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert allocator.keep_freed() == (platform.libc_ver()[0] == "glibc")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    assert not allocator.keep_freed()


def test_auto_takes_a_device_that_is_here() -> None:
    assert torch.zeros(1, device=device.choose("auto")).item() == 0
