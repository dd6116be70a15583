"""A run judged on its data: figures, confusion, wrong answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from command import netspec
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from tiny import ROOT
from torch import Tensor

from netspec.diagnostic import UsageError
from netspec.runner.after import eval
from netspec.runner.after.trained import open_run
from netspec.runner.data.images import Images

pytestmark = pytest.mark.usefixtures("one_thread")


def test_eval_gives_the_figures_that_training_recorded(here: Path) -> None:
    for name, count, part in (("tiny", 359, "test"), ("shades", 9, "val")):
        best = json.loads((here / "runs" / name / "1" / "summary.json").read_text())["best"]
        done = netspec("eval", name, "--device", "cpu", "--format", "json")
        assert (done.code, done.err) == (0, "")
        found = json.loads(done.out)
        assert found["accuracy"] == best["accuracy"]
        assert found["loss"] == pytest.approx(best["loss"], rel=1e-5)
        assert (found["images"], found["part"], found["run"]) == (count, part, f"runs/{name}/1")
        assert sum(map(sum, found["confusion"])) == count
        assert [one["images"] for one in found["classes"]] == [*map(sum, found["confusion"])]


def test_the_confusion_matrix_counts_true_classes_by_row(here: Path) -> None:
    run = open_run(here / "runs" / "tiny" / "1", "cpu")
    data, part = eval.data_of(run, here / "data")
    answers = eval.judge(run, data, part)
    wanted = torch.zeros(10, 10).long()
    for true, answer in zip(data.judge.labels.tolist(), answers.answers.tolist(), strict=True):
        wanted[true, answer] += 1
    assert answers.judgement.confusion == wanted.tolist()
    assert (wanted != wanted.T).any()


def test_labels_are_those_that_come_with_the_images(here: Path) -> None:
    """Those of a streamed folder stay on the CPU, whatever the network is on."""
    run = open_run(here / "runs" / "tiny" / "1", "cpu")
    data, part = eval.data_of(run, here / "data")
    wanted = eval.judge(run, data, part).judgement.confusion

    class Elsewhere(Images):
        def to(self, device: torch.device) -> Elsewhere:
            return self

        def batches(self, picks: Sequence[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
            yield from Images(self.pixels, data.judge.labels).batches(picks)

    judge = Elsewhere(data.judge.read().pixels, data.judge.labels.to("meta"))
    found = eval.judge(run, replace(data, judge=judge), part)
    assert found.judgement.confusion == wanted


def test_a_spec_is_judged_with_the_weights_of_a_file(here: Path, tmp_path: Path) -> None:
    run = here / "runs" / "tiny" / "1"
    spec, figures = str(run / "spec.yaml"), ("--device", "cpu", "--format", "json")
    whole = json.loads(netspec("eval", "tiny", *figures).out)
    done = netspec("eval", spec, "--weights", str(run / "best.safetensors"), *figures)
    found = json.loads(done.out)
    assert (done.code, done.err, found.pop("run")) == (0, "", spec)
    assert found == {name: value for name, value in whole.items() if name != "run"}
    part = tmp_path / "part.safetensors"
    with safe_open(run / "best.safetensors", "pt") as saved:
        save_file({"0.weight": saved.get_tensor("0.weight")}, part)
    done = netspec("eval", spec, "--weights", str(part))
    assert (done.code, done.out) == (3, "")
    assert f"error: {part} lacks 0.bias, 1.weight, 1.bias and 5 more" in done.err


@pytest.mark.parametrize(("part", "images"), [("train", 27), ("val", 9), ("test", 12)])
def test_eval_judges_any_part_of_the_data(here: Path, part: str, images: int) -> None:
    done = netspec("eval", "shades", "--part", part, "--device", "cpu")
    assert done.code == 0
    assert f"of {images} {part} images of shades right" in done.out


def test_eval_shows_classes_by_name_and_what_is_confused(here: Path) -> None:
    out = netspec("eval", "shades", "--part", "test", "--device", "cpu").out
    lines = [line.split() for line in out.splitlines()]
    assert lines[2] == ["class", "images", "right", "recall", "precision", "F1"]
    assert [line[:2] for line in lines[3:6]] == [["1", "4"], ["dark", "4"], ["grey", "4"]]
    assert lines[7:9] == [
        ["true", "class", "by", "row,", "answer", "by", "column"],
        ["1", "dark", "grey"],
    ]


def test_wrong_answers_of_a_cell_are_drawn_surest_first(here: Path, tmp_path: Path) -> None:
    run = open_run(here / "runs" / "tiny" / "1", "cpu")
    answers = eval.judge(run, *eval.data_of(run, here / "data"))
    mistake = answers.judgement.mistakes[0]
    pixels, probabilities = answers.wrong(mistake.true, mistake.answer)
    assert len(pixels) == mistake.images > 1
    assert probabilities.tolist() == sorted(probabilities.tolist(), reverse=True)
    with torch.inference_mode():
        x = run.prepare(answers.images)(pixels)
        given = run.network(x).softmax(1).max(1)
    assert given.indices.tolist() == [int(mistake.answer)] * len(pixels)
    assert torch.allclose(given.values, probabilities, atol=1e-5)
    out = tmp_path / "wrong.png"
    arguments = ("--wrong", mistake.true, mistake.answer, "--out", str(out), "--device", "cpu")
    done = netspec("eval", "tiny", *arguments)
    assert done.code == 0
    told = f"{mistake.images} images of {mistake.true} taken for {mistake.answer}: {out}"
    assert done.out.splitlines()[-1] == told
    with Image.open(out) as image:
        assert image.format == "PNG"


def test_a_cell_without_mistakes_draws_nothing(here: Path, tmp_path: Path) -> None:
    out = tmp_path / "right.png"
    wrong = ("--wrong", "dark", "1", "--out", str(out))
    done = netspec("eval", "shades", "--part", "train", "--device", "cpu", *wrong)
    assert done.code == 0
    assert done.out.endswith("0 images of dark taken for 1: nothing to draw\n")
    assert not out.exists()


def test_a_class_is_a_name_before_it_is_a_number(here: Path) -> None:
    run = open_run(here / "runs" / "shades" / "1", "cpu")
    assert run.classes == ("1", "dark", "grey")
    answers = eval.judge(run, *eval.data_of(run, here / "data"))
    for true, label in (("1", 0), ("2", 2), ("dark", 1)):
        picks = answers.wrong(true, true)[0]
        wanted = (answers.images.labels == label) & (answers.answers == label)
        assert len(picks) == int(wanted.sum()) > 0
    with pytest.raises(UsageError, match="no class is called 'drak'") as caught:
        answers.wrong("drak", "1")
    assert caught.value.help == "did you mean dark?"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nope"], 2, "error: no run called 'nope' in runs\n"),
        (["shades", "--wrong", "1", "dark"], 2, "error: --wrong and --out go together\n"),
        (["shades", "--out", "x.png"], 2, "error: --wrong and --out go together\n"),
        (["shades", "--wrong", "x", "1", "--out", "x.png"], 2, "error: no class is called 'x'\n"),
        (["tiny", "--part", "val"], 2, "error: digits has no val part here\n"),
        (["shades", "--data-dir", "nowhere"], 3, "error: no train/ in nowhere/shades\n"),
        (["shades", "--device", "gpu"], 2, "error: unknown device 'gpu'\n"),
    ],
)
def test_a_mistake_is_one_message(
    here: Path, arguments: list[str], code: int, message: str
) -> None:
    done = netspec("eval", *arguments)
    assert done.code == code
    assert done.err.startswith(message)
    assert done.err.count("error:") == 1


def test_data_with_other_classes_is_refused(here: Path, tmp_path: Path) -> None:
    shutil.copytree(here / "data", tmp_path / "data")
    for part in ("train", "test"):
        (tmp_path / "data" / "shades" / part / "grey").rename(
            tmp_path / "data" / "shades" / part / "blue"
        )
    done = netspec("eval", "shades", "--data-dir", str(tmp_path / "data"))
    assert done.code == 3
    assert "shades has other classes than runs/shades/1 was trained on" in done.err


def facts(**changes: str) -> str:
    """What a run of before recorded, with some of it changed."""
    told = {"classes": json.dumps([*"0123456789"]), "mean": "[0.3]", "std": "[0.4]", **changes}
    return "{" + ", ".join(f'"{name}": {value}' for name, value in told.items()) + "}"


BAD_FACTS = {
    "none": "{}", "cut off": "{", "brackets": "[" * 100_000, "no lists": facts(classes="3"),
    "classes": facts(classes='["a"]'), "nested": facts(mean="[[1]]"), "mean": facts(mean="[NaN]"),
    "infinite": facts(std="[Infinity]"), "std 0": facts(std="[0]"), "std": facts(std="[-1.0]"),
    "channels": facts(mean="[0.1, 0.2]", std="[0.1, 0.2]"), "text": facts(mean='["x"]'),
    "escape codes": facts(classes=json.dumps([*"012345678", "\x1b[2J"])),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FACTS)
def test_a_run_of_before_that_does_not_say_what_it_learnt_is_refused(
    tmp_path: Path, case: str
) -> None:
    shutil.copytree(ROOT / "tests" / "data" / "run", tmp_path / "runs" / "tiny" / "1")
    (tmp_path / "runs" / "tiny" / "1" / "environment.json").write_text(BAD_FACTS[case])
    done = netspec("eval", "tiny", "--runs-dir", str(tmp_path / "runs"))
    assert done.code in (2, 3)
    assert "environment.json" in done.err
    assert done.err.count("error:") == 1
    assert "\x1b" not in done.err


def test_a_run_of_today_says_it_in_its_weights_alone(here: Path, tmp_path: Path) -> None:
    shutil.copytree(here / "runs" / "tiny", tmp_path / "runs" / "tiny")
    (tmp_path / "runs" / "tiny" / "1" / "environment.json").write_text("{")
    done = netspec("eval", "tiny", "--runs-dir", str(tmp_path / "runs"))
    assert (done.code, done.err) == (0, "")
