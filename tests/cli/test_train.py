"""netspec train, as a person calls it."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from datasets import picture

from netspec.cli import main
from netspec.diagnostic import UsageError
from netspec.language.override import override, unread
from netspec.source import parse

ROOT = Path(__file__).parents[2]
SPEC = """\
# A comment that stays
input: [1, 8, 8]
vars:
  width: 8      # wide enough
layers:
  - Conv2d: [$width, 3]
  - ReLU
  - Flatten
  - Linear: 10
train:
  data:
    dataset: digits
    augment:
      - RandomRotation: 5
      - RandomErasing

  # how long
  batch_size: 100
  epochs: 2
  optimizer: Adam
  scheduler:
  goal: {accuracy: 0.5}
"""
Netspec = Callable[..., tuple[int, str, str]]


@pytest.fixture
def netspec(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Netspec:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(SPEC)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["netspec", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


def test_shows_the_network_then_epochs_then_the_figures_and_the_folder(
    netspec: Netspec, tmp_path: Path
) -> None:
    code, out, err = netspec("train", "tiny.yaml", "--device", "cpu")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("tiny: ")
    assert lines[-2] == "goal reached: 50.00% in the last epoch"
    assert lines[-1].startswith("tiny: ")
    assert lines[-1].endswith(f": {Path('runs/tiny/1')}")
    assert (tmp_path / "runs" / "tiny" / "1" / "spec.yaml").read_text() == SPEC


def test_a_missed_goal_ends_with_1(netspec: Netspec) -> None:
    code, out, _ = netspec("train", "tiny.yaml", "--set", "train.goal.accuracy=1", "--epochs", "1")
    assert code == 1
    assert "goal missed: 100.00% in the last epoch" in out


def test_what_was_changed_is_in_the_run_folder(netspec: Netspec) -> None:
    code, out, _ = netspec(
        "train", "tiny.yaml", "--epochs", "1", "--seed", "7", "--runs-dir", "here",
        "--set", "vars.width=3", "--set", "train.optimizer.Adam.lr=0.02",
    )  # fmt: skip
    assert code in (0, 1)
    assert "(3, 6, 6)" in out
    spec = Path("here/tiny/1/spec.yaml").read_text()
    assert "# A comment that stays" in spec
    assert "  width: 3      # wide enough" in spec
    assert "optimizer: {Adam: {lr: 0.02}}" in spec
    (row,) = Path("here/tiny/1/metrics.jsonl").read_text().splitlines()
    assert json.loads(row)["lr"] == 0.02


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--set", "train.optimizer.Adam.lrr=1"], 1, "did you mean lr?"),
        (["--set", "train.optimizer.Adam.lrr=1"], 1, "optimizer: {Adam: {lrr: 1}}"),
        (["--set", "vars.widht=3"], 2, "nothing reads the variable 'widht'\n  help: did you mean"),
        (["--set", "vars={width: 8, x: 1}"], 2, "nothing reads the variable 'x'"),
        (["--set", "blocks.unit.layers=[ReLU]"], 2, "the block 'unit'\n  help: the spec has none"),
        (["--set", "train.epochs=x"], 1, "expected an integer"),
        (["--set", "train.epochs"], 2, "write --set key=value"),
        (["--set", "train.epochs.x=1"], 2, "nothing is called x there"),
        (["--set", "layers.9.Conv2d=1"], 2, "nothing is called 9 there"),
        (["--set", "train.seed=[1"], 2, "--set train.seed=[1"),
        (["--set", "train.seed=1\nname: x"], 2, "error: --set train.seed=1"),
        (["--epochs", "0"], 1, "epochs"),
        (["--device", "gpu"], 2, "unknown device 'gpu'"),
        (["--set", "layers.3.Linear=9"], 1, "digits has 10 classes, the network gives 9"),
        (["--set", "train="], 2, "does not say how to train"),
        (["--set", "train.data={dataset: folder, path: no}"], 3, "no train/ in data/no"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_one_message_and_no_run_folder(
    netspec: Netspec, arguments: list[str], code: int, message: str
) -> None:
    ended, _, err = netspec("train", "tiny.yaml", *arguments)
    assert ended == code
    assert message in err
    assert "Traceback" not in err
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        ("train.epochs", "9", "epochs: 2", "epochs: 9"),
        ("train.goal.last_epochs", "3", "{accuracy: 0.5}", "{last_epochs: 3, accuracy: 0.5}"),
        ("train.seed", "3", "train:\n  data:", "train:\n  seed: 3\n  data:"),
        ("train.scheduler", "CosineAnnealingLR", "scheduler:", "scheduler: CosineAnnealingLR"),
        ("train.scheduler.StepLR", "3", "scheduler:", "scheduler: {StepLR: 3}"),
        ("train.optimizer.Adam.lr", "1e-3", "optimizer: Adam", "optimizer: {Adam: {lr: 1e-3}}"),
        ("train.data.augment", "[]", "- RandomRotation: 5\n      - RandomErasing", "[]"),
        ("train.data.augment.0.RandomRotation", "9", "Rotation: 5", "Rotation: 9"),
        ("train.data.augment.1.RandomErasing.p", "1", "RandomErasing", "{RandomErasing: {p: 1}}"),
        ("name", "x", "input: [1", "name: x\ninput: [1"),
        ("audit.max_params", "5", "input: [1", "audit: {max_params: 5}\ninput: [1"),
        ("input.1", "16", "[1, 8, 8]", "[1, 16, 8]"),
        ("description", "'a: b'", "input: [1", "description: 'a: b'\ninput: [1"),
    ],
)
def test_a_value_is_set_in_the_text_and_the_rest_stays(
    key: str, value: str, old: str, new: str
) -> None:
    assert SPEC.count(old) == 1
    assert override(parse(SPEC, "tiny.yaml"), key, value).text == SPEC.replace(old, new)


UNREAD = """\
input: [1, 8, 8]
vars: {width: 8, spare: 1}
blocks:
  unit:
    args: {out_channels: , padding: 0, p: 1}
    layers: [Conv2d: {out_channels: $out_channels, kernel_size: 3, padding: $padding}]
  left: {layers: [ReLU]}
layers: [unit: $width]
"""


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("vars.width", "3", []),
        ("vars.spare", "3", ["nothing reads the variable 'spare'"]),
        ("vars.spare", "1", []),
        ("vars.other", "3", ["nothing reads the variable 'other'"]),
        ("vars", "{width: 3, other: $width}", ["nothing reads the variable 'other'"]),
        ("blocks.unit.args.padding", "1", []),
        ("blocks.unit.args.p", "2", ["nothing reads of block unit the argument 'p'"]),
        ("blocks.unit.args.q", "2", ["nothing reads of block unit the argument 'q'"]),
        ("blocks.left.layers", "[SiLU]", ["nothing reads the block 'left'"]),
        ("blocks.other.layers", "[SiLU]", ["nothing reads the block 'other'"]),
    ],
)
def test_a_change_that_nothing_reads_is_known(key: str, value: str, told: list[str]) -> None:
    before = parse(UNREAD, "x.yaml")
    found = [*unread(before.data, override(before, key, value).data)]
    assert [one.message for one in found] == told


def test_a_variable_that_only_the_command_line_gives_is_read(netspec: Netspec) -> None:
    Path("tiny.yaml").write_text(SPEC.replace("vars:\n  width: 8      # wide enough\n", ""))
    given = ("--set", "vars.width=2", "--epochs", "1", "--set", "train.goal.accuracy=0.01")
    code, out, _ = netspec("train", "tiny.yaml", *given)
    assert code == 0
    assert "(2, 6, 6)" in out


@pytest.mark.parametrize("command", ["train", "lr-find"])
def test_what_check_warns_of_is_said_before_training(netspec: Netspec, command: str) -> None:
    text = SPEC.replace("  - Linear: 10\n", "  - Linear: 10\n  - ReLU\n")
    Path("tiny.yaml").write_text(text.replace("epochs: 2", "epochs: 1"))
    _, out, err = netspec(command, "tiny.yaml", "--device", "cpu")
    assert err.startswith("warning[activation-on-logits]: ")
    assert "--> tiny.yaml:10:5\n" in err
    assert "10 |   - ReLU\n" in err
    assert "warning" not in out
    note = "audit.levels={activation-on-logits: note}"
    assert netspec(command, "tiny.yaml", "--device", "cpu", "--set", note)[2] == ""


def test_a_change_behind_an_alias_is_refused_for_it_would_change_two_places() -> None:
    spec = parse("input: &shape [1, 8, 8]\naudit: {output: *shape}\nlayers: [ReLU]\n", "x.yaml")
    with pytest.raises(UsageError, match="cannot be written"):
        override(spec, "audit.output.0", "2")


def test_without_torch_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(SPEC)
    code = "import sys; sys.modules['torch'] = None; from netspec.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "train", "tiny.yaml"],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr == "error: train needs torch\n  help: pip install 'netspec[train]'\n"


def test_the_first_run_reaches_its_goal(tmp_path: Path) -> None:
    code = "from netspec.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "train", str(ROOT / "specs" / "digits.yaml")],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    summary = json.loads((tmp_path / "runs" / "digits" / "1" / "summary.json").read_text())
    assert summary["last"]["accuracy"] > 0.97
    assert summary["goal"]["reached"]


@pytest.mark.parametrize("form", ["train.data.path={}", "train.data={{dataset: folder, path: {}}}"])
def test_a_whole_path_is_read_from_the_command_line_and_not_from_a_file(
    netspec: Netspec, tmp_path: Path, form: str
) -> None:
    for part, name in itertools.product(("train", "test"), ("cat", "dog")):
        picture(tmp_path / "far" / "my pets" / part / name / "0.png", (8, 8))
    text = SPEC.replace("dataset: digits", "dataset: folder\n    path: x")
    text = text.replace("[1, 8, 8]", "[3, 8, 8]").replace("Linear: 10", "Linear: 2")
    Path("tiny.yaml").write_text(text)
    given = form.format(tmp_path / "far" / "my pets")
    settings = ("--set", "train.goal.accuracy=0.01", "--epochs", "1")
    code, out, err = netspec("train", "tiny.yaml", "--set", given, *settings)
    assert (code, err) == (0, "")
    assert "2 training and 2 test images of my pets" in out
    assert str(tmp_path) not in Path("runs/tiny/1/spec.yaml").read_text()
    assert 'path: "my pets"' in Path("runs/tiny/1/spec.yaml").read_text()
    again = ("train", "--resume", "runs/tiny/1", "--epochs", "2", "--force")
    for more in (("--set", f"train.data.path={tmp_path}/far/my pets"), ("--data-dir", "far")):
        assert netspec(*again, *more)[0] == 0
    Path("tiny.yaml").write_text(text.replace("path: x", f"path: {tmp_path}/far/my pets"))
    code, _, err = netspec("train", "tiny.yaml", *settings)
    assert code == 1
    assert "error[path-outside]" in err
