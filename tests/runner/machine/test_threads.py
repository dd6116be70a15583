"""How many threads a network runs on."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny
import torch

from netspec.runner.machine import threads
from netspec.runner.machine.threads import Choice, chosen, recorded
from netspec.runner.train import train
from netspec.source import parse

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL, LARGE = 1_000_000, 10**9


def test_so_many_threads_run_for_a_while() -> None:
    before = torch.get_num_threads()
    with threads.threads(3):
        assert torch.get_num_threads() == 3
    with threads.threads(None):
        assert torch.get_num_threads() == before
    assert torch.get_num_threads() == before


@pytest.mark.parametrize(
    ("macs", "given", "free", "choice"),
    [
        (SMALL, {}, 8, Choice(1)),
        (LARGE, {}, 8, Choice(4)),  # no more than torch would take
        (LARGE, {}, 3, Choice(3, fewer=True)),
        (LARGE, {"processes": 2}, 8, Choice(2)),
        (LARGE, {"processes": 2}, 3, Choice(1, fewer=True)),
        (LARGE, {"processes": 16}, 8, Choice(1)),
        (SMALL, {"recorded": 2}, 8, Choice(2)),
        (LARGE, {"recorded": 2}, 8, Choice(2)),
        (LARGE, {"recorded": 2, "wanted": 3}, 8, Choice(3)),
        (SMALL, {"wanted": 3}, 1, Choice(3)),
    ],
)
def test_what_was_asked_for_comes_first_then_what_a_run_began_with_then_what_others_leave(
    monkeypatch: pytest.MonkeyPatch, macs: int, given: dict[str, int], free: int, choice: Choice
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(threads, "free", lambda: free)
    torch.set_num_threads(4)
    assert chosen(macs, **given) == choice


@pytest.mark.parametrize("macs", [SMALL, LARGE])
def test_what_the_environment_says_stays_but_for_what_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, macs: int
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert chosen(macs, recorded=2) == Choice(None)
    assert chosen(macs, 3) == Choice(3)


def test_a_run_goes_on_with_the_threads_that_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [recorded(None), recorded(tmp_path)] == [None, None]
    for text, number in ('{"threads": 3}', 3), ('{"threads": "3"}', None), ("{", None):
        (tmp_path / "environment.json").write_text(text)
        assert recorded(tmp_path) == number
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    spec = parse(tiny.SPEC.replace("epochs: 3", "epochs: 1"), "tiny.yaml")
    began = train(spec, runs_dir=tmp_path, threads=2, pictures=False).folder
    assert recorded(began) == 2
    used = []

    def enough(rows: object) -> str:
        used.append(torch.get_num_threads())
        return "enough"

    more = parse(spec.text.replace("epochs: 1", "epochs: 2"), "tiny.yaml")
    train(more, resume=began, force=True, enough=enough, pictures=False)
    assert used == [2]
