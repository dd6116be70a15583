"""netspec runs, on folders as training leaves them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command import netspec

from netspec.diagnostic import UsageError
from netspec.runs import past as runs

ROOT = Path(__file__).parents[2]
SPEC = "input: [1, 8, 8]\nlayers: [Flatten, {Linear: 10}]\n"
TRAIN = "train: {data: {dataset: digits}, batch_size: 100, epochs: 2, optimizer: {Adam: 0.01}}\n"
Make = Callable[..., Path]


def rows(*accuracies: float) -> str:
    return "".join(
        json.dumps({"epoch": i, "loss": 1 / i, "accuracy": accuracy, "seconds": 2.0}) + "\n"
        for i, accuracy in enumerate(accuracies, 1)
    )


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    monkeypatch.chdir(tmp_path)

    def run(
        name: str, number: int, *accuracies: float, spec: str = SPEC + TRAIN, **facts: Any
    ) -> Path:
        folder = Path("runs") / name / str(number)
        folder.mkdir(parents=True)
        (folder / "spec.yaml").write_text(spec)
        (folder / "metrics.jsonl").write_text(rows(*accuracies))
        facts = {"date": f"2026-01-{number:02}T10:00:00+00:00", "torch": "2.6.0", **facts}
        (folder / "environment.json").write_text(json.dumps(facts))
        summary = {"schema": 1, "status": "finished", "params": 650}
        (folder / "summary.json").write_text(json.dumps(summary))
        return folder

    return run


@pytest.fixture
def three(make: Make) -> list[Path]:
    return [make("b", 10, 0.5), make("b", 9, 0.2, 0.9, 0.8), make("a", 1, 0.7)]


def test_runs_are_a_table_by_name_and_number(three: list[Path]) -> None:
    assert netspec("runs").out.splitlines() == [
        "name  run  status    epochs    best    last  params  seconds  date",
        "a       1  finished       1  70.00%  70.00%     650      2.0  2026-01-01 10:00",
        "b       9  finished       3  90.00%  80.00%     650      6.0  2026-01-09 10:00",
        "b      10  finished       1  50.00%  50.00%     650      2.0  2026-01-10 10:00",
    ]


@pytest.mark.parametrize(
    ("key", "order"),
    [("best", [9, 1, 10]), ("last", [9, 1, 10]), ("seconds", [1, 10, 9]), ("run", [1, 9, 10])],
)
def test_runs_are_sorted_by_a_key(three: list[Path], key: str, order: list[int]) -> None:
    done = netspec("runs", "--sort", key, "--format", "csv")
    lines = [line.split(",") for line in done.out.splitlines()]
    assert lines[0] == list(runs.KEYS)
    assert [int(line[1]) for line in lines[1:]] == order


@pytest.mark.parametrize("key", runs.KEYS)
def test_what_is_not_known_comes_last(three: list[Path], key: str) -> None:
    (three[1] / "metrics.jsonl").unlink()
    (three[1] / "summary.json").unlink()
    (three[1] / "environment.json").unlink()
    found = runs.ordered(runs.found(Path("runs")), key)
    values = [getattr(run, key) for run in found]
    assert [value is None for value in values] == sorted(value is None for value in values)
    assert {run.run: run.status for run in found}[9] == "unfinished"


def test_json_has_every_figure(three: list[Path]) -> None:
    found = json.loads(netspec("runs", "--format", "json").out)
    assert found["schema"] == 1
    assert found["runs"][1] == {
        "name": "b", "run": 9, "status": "finished", "epochs": 3, "best": 0.9, "last": 0.8,
        "params": 650, "seconds": 6.0, "date": "2026-01-09T10:00:00+00:00", "folder": "runs/b/9",
        "tag": None, "note": None, "figure": "accuracy", "settings": {
            "train.data.dataset": "digits", "train.batch_size": 100, "train.epochs": 2,
            "train.optimizer.Adam": 0.01,
        },
    }  # fmt: skip


@pytest.mark.parametrize("run", ["b/9", "runs/b/9", "runs/b/9/"])
def test_one_run_shows_its_epochs(three: list[Path], run: str) -> None:
    done = netspec("runs", run)
    assert done.code == 0
    assert [line.split() for line in done.out.splitlines()] == [
        ["epoch", "loss", "accuracy", "seconds"],
        ["1", "1", "0.2", "2"], ["2", "0.5", "0.9", "2"], ["3", "0.33333", "0.8", "2"],
    ]  # fmt: skip
    csv = netspec("runs", run, "--format", "csv").out
    assert csv.splitlines()[:2] == ["epoch,loss,accuracy,seconds", "1,1.0,0.2,2.0"]


@pytest.mark.parametrize("name", ["b", "runs/b"])
def test_a_name_means_its_latest_run_by_number(three: list[Path], name: str) -> None:
    assert runs.find(name, Path("runs")) == Path("runs/b/10")


def test_two_runs_are_compared_in_spec_environment_and_result(make: Make) -> None:
    other = (SPEC + TRAIN).replace("Adam: 0.01", "Adam: 0.02").replace("Flatten,", "ReLU, Flatten,")
    make("net", 1, 0.5, 0.8)
    make("net", 2, 0.6, 0.9, 0.85, spec=other, torch="2.7.0")
    done = netspec("runs", "net/1", "net/2")
    assert done.code == 0
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    for line in (
        "train.optimizer.Adam.lr: 0.01 -> 0.02",
        "torch: 2.6.0 -> 2.7.0",
        "runs/net/1 runs/net/2 change",
        "best 80.00% 90.00% +10.00 points",
        "epochs 2 3 +50.0 %",
        "params 650 650",
    ):
        assert line in lines
    assert "ReLU" in done.out
    assert "date" not in done.out
    found = json.loads(netspec("runs", "net/1", "net/2", "--format", "json").out)
    assert [run["best"] for run in found["runs"]] == [0.8, 0.9]
    assert found["spec"]["settings"] == [
        {"key": "train.optimizer.Adam.lr", "before": 0.01, "after": 0.02}
    ]
    assert found["environment"] == [{"key": "torch", "before": "2.6.0", "after": "2.7.0"}]


@pytest.mark.parametrize(
    ("file", "content", "status", "epochs"),
    [
        ("metrics.jsonl", rows(0.5, 0.6) + '{"epoch": 3, "acc', "finished", 2),
        ("metrics.jsonl", rows(0.5) + "{}x\n" + rows(0.6), "damaged", 0),
        ("metrics.jsonl", '{"epoch": 1}\n', "damaged", 0),
        ("metrics.jsonl", '{"accuracy": "\\u001b[2J"}\n', "damaged", 0),
        ("metrics.jsonl", b"\xff\n", "damaged", 0),
        ("summary.json", "{", "damaged", 0),
        ("summary.json", "[]", "damaged", 0),
        ("summary.json", '{"status": "\\u001b[2J", "params": "many"}', r"\x1b[2J", 1),
        ("metrics.jsonl", "[" * 100_000 + "\n", "damaged", 0),
        ("metrics.jsonl", '{"accuracy": 1' + "0" * 4000 + "}\n", "damaged", 0),
        ("metrics.jsonl", '{"accuracy": 1' + "0" * 5000 + "}\n", "damaged", 0),
        ("summary.json", "[" * 100_000, "damaged", 0),
        ("summary.json", '{"params": 1' + "0" * 4000 + "}", "unfinished", 1),
        ("environment.json", '{"a": ' * 100_000, "damaged", 0),
        ("environment.json", "nothing", "damaged", 0),
        ("environment.json", '{"date": 3}', "finished", 1),
    ],
)
def test_a_damaged_run_does_not_hide_the_others(
    make: Make, file: str, content: str | bytes, status: str, epochs: int
) -> None:
    make("good", 1, 0.9)
    folder = make("odd", 1, 0.5)
    (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    done = netspec("runs")
    good, odd = (line.split() for line in done.out.splitlines()[1:])
    assert good[:4] == ["good", "1", "finished", "1"]
    assert odd[:4] == ["odd", "1", status, str(epochs)]
    assert done.code == 0


ODD: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "folder": lambda file: file.mkdir(),
    "link to a device": lambda file: file.symlink_to("/dev/zero"),
    "link to itself": lambda file: file.symlink_to(file.name),
    "as large as a disk": lambda file: (file.touch(), os.truncate(file, 1 << 40)),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("file", ["metrics.jsonl", "summary.json", "environment.json"])
def test_what_is_no_file_of_a_run_is_damage(make: Make, file: str, odd: str) -> None:
    make("good", 1, 0.9)
    folder = make("odd", 1, 0.5)
    (folder / file).unlink()
    ODD[odd](folder / file)
    good, found = (line.split() for line in netspec("runs").out.splitlines()[1:])
    assert (good[2], found[2]) == ("finished", "damaged")


def test_files_that_links_lead_to_are_read(make: Make) -> None:
    folder = make("a", 1, 0.5)
    for file in list(folder.iterdir()):
        file.rename(file.with_name(f"{file.name}.stored"))
        file.symlink_to(f"{file.name}.stored")
    assert [run.best for run in runs.found(Path("runs"))] == [0.5]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nope"], "error: no run called 'nope' in runs"),
        (["bb"], "did you mean b?"),
        (["--sort", "bset"], "did you mean best?"),
        (["--where", "best"], "error: 'best' is no condition"),
        (["--where", "train.epoch=2"], "did you mean train.epochs?"),
        (["--note", "good"], "error: no run is named"),
        (["--remove"], "error: no run is named"),
        (["b", "--remove", "--tag", "x"], "error: --remove stands alone"),
        (["b", "--sort", "best"], "error: wrong number of runs"),
        (["--runs-dir", "nowhere"], "error: no folder nowhere"),
    ],
)
def test_a_mistake_is_one_message(three: list[Path], arguments: list[str], message: str) -> None:
    done = netspec("runs", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_other_folders_are_no_runs(three: list[Path]) -> None:
    for name in ("b/notes", "b/007", "b/²", ".git/objects", "empty"):
        (Path("runs") / name).mkdir(parents=True)
    assert len(runs.found(Path("runs"))) == 3
    with pytest.raises(UsageError, match="no run called 'empty'"):
        runs.find("empty", Path("runs"))


def test_runs_are_listed_without_torch(three: list[Path]) -> None:
    code = (
        "import sys; from netspec.cli import main; sys.argv = ['netspec', 'runs']\n"
        "try: main()\n"
        "finally: print([m for m in ('torch', 'numpy', 'rich') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[0].startswith("name")
    assert done.stdout.splitlines()[-1] == "[]"
