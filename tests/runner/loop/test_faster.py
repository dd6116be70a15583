"""`precision: auto`: timed once, kept for the run, and nothing else of it is left."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import tiny
import torch
from tiny import figures

from netspec import compiler, source
from netspec.diagnostic import NetspecError
from netspec.runner.data.ready import ready
from netspec.runner.loop import faster
from netspec.runner.together.world import ALONE
from netspec.runner.train import train

pytestmark = pytest.mark.usefixtures("one_thread")

AUTO = tiny.CHANCE.replace("- ReLU", "- BatchNorm2d\n  - ReLU") + "  precision: auto\n"


def run(folder: Path, spec: str = AUTO, **more: Any) -> Any:
    text = source.parse(spec, "tiny.yaml")
    return train(text, folder / "data", "cpu", folder / "runs", pictures=False, **more)


def timed(patch: pytest.MonkeyPatch, exact: float, half: float) -> None:
    patch.setattr(faster, "measured", lambda *_: {"float32": exact, "bfloat16": half})


@pytest.mark.parametrize(
    ("exact", "half", "chosen"),
    [(0.02, 0.01, "bfloat16"), (0.0100, 0.0099, "float32")],
)
def test_the_faster_one_is_taken_and_said_and_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact: float, half: float, chosen: str
) -> None:
    timed(monkeypatch, exact, half)
    out = io.StringIO()
    made = run(tmp_path, out=out)
    told = f"float32 {exact * 1000:.3g} ms, bfloat16 {half * 1000:.3g} ms"
    assert f"precision {chosen}, by the time of a step: {told}\n" in out.getvalue()
    assert f"precision: {chosen}\n" in (made.folder / "spec.yaml").read_text()
    assert figures(made) == figures(run(tmp_path, AUTO.replace("auto", chosen)))


@pytest.mark.parametrize("given", [True, False], ids=["spec", "alone"])
def test_a_run_that_is_taken_up_keeps_the_one_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: bool
) -> None:
    timed(monkeypatch, 2, 1)
    whole = run(tmp_path)

    class Stop(Exception):
        pass

    def enough(rows: Any) -> str:
        raise Stop

    with pytest.raises(Stop):
        run(tmp_path, enough=enough)
    timed(monkeypatch, 1, 2)
    spec = source.parse(AUTO, "tiny.yaml") if given else None
    folder = tmp_path / "runs" / "tiny" / "2"
    again = train(spec, tmp_path, "cpu", tmp_path / "runs", resume=folder, pictures=False)
    assert figures(again) == figures(whole)


def test_what_is_timed_leaves_no_trace_in_generators_or_data(tmp_path: Path) -> None:
    plan = compiler.compile(source.parse(AUTO, "tiny.yaml"))
    data, prepare = ready(plan, plan.train.data, 0, tmp_path, ALONE)
    before = torch.get_rng_state()
    digest = data.digest()
    times = faster.measured(plan, data, prepare, ALONE)
    assert times.keys() == {"float32", "bfloat16"}
    assert all(0 < time < 60 for time in times.values())
    assert torch.equal(torch.get_rng_state(), before)
    assert data.digest() == digest


def test_a_rate_that_ends_training_ends_it_with_its_message(tmp_path: Path) -> None:
    with pytest.raises(NetspecError, match=r"loss is (nan|inf) at step|leaves the range"):
        run(tmp_path, AUTO.replace("Adam: {lr: 0.01}", "SGD: {lr: 1e30}"))
