"""A trained run: taken up from its files, judged, asked about images, and drawn."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from command import netspec
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from netspec import load_run, source
from netspec.diagnostic import NetspecError, UsageError
from netspec.runner.after import eval, pictures
from netspec.runner.after.trained import open_run
from netspec.runner.train import train
from netspec.runs.confusion import Judgement

pytestmark = pytest.mark.usefixtures("one_thread")

SPEC = """
name: tiny
input: [1, 8, 8]
layers:
  - Conv2d: {out_channels: 8, kernel_size: 3}
  - BatchNorm2d
  - ReLU
  - Flatten
  - Linear: 10
train:
  data: {dataset: digits}
  batch_size: 100
  epochs: 2
  optimizer: {Adam: {lr: 0.003}}
"""
FOLDER = """
name: shades
input: [3, 6, 6]
layers: [Flatten, {Linear: 3}]
train:
  data: {dataset: folder, path: shades, val_fraction: 0.25}
  batch_size: 8
  epochs: 3
  optimizer: {Adam: 0.05}
"""
SHADES = {"dark": 20, "grey": 120, "1": 220}
Weights = dict[str, Tensor]


def paint(file: Path, shade: int, size: int = 6) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    chance = numpy.random.default_rng(sum(file.name.encode()))
    pixels = chance.integers(shade - 20, shade + 20, (size, size, 3))
    Image.fromarray(pixels.astype(numpy.uint8)).save(file)
    return file


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data/shades/, runs/tiny/1/ and runs/shades/1/."""
    root = tmp_path_factory.mktemp("trained")
    for part, count in (("train", 12), ("test", 4)):
        for name, shade in SHADES.items():
            for i in range(count):
                paint(root / "data" / "shades" / part / name / f"{i}.png", shade)
    for spec, name in ((SPEC, "tiny.yaml"), (FOLDER, "shades.yaml")):
        train(source.parse(spec, name), root / "data", "cpu", root / "runs")
    return root


@pytest.fixture
def here(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(trained)
    return trained


# load_run


def test_the_network_comes_back_from_its_best_weights_alone(trained: Path, tmp_path: Path) -> None:
    file = trained / "runs" / "tiny" / "1" / "best.safetensors"
    shutil.copy(file, tmp_path / "mine.safetensors")
    network = load_run(tmp_path / "mine.safetensors", device="cpu")
    assert isinstance(network, nn.Sequential)
    assert not network.training
    with safe_open(file, "pt") as saved:
        assert set(saved.keys()) == set(network.state_dict())
        for name, value in network.state_dict().items():
            assert torch.equal(saved.get_tensor(name), value), name
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert network(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
    assert load_run(file.parent, "cpu")(torch.zeros(1, 1, 8, 8)).shape == (1, 10)


def spec_of(change: Callable[[str], str]) -> Callable[[Weights, dict[str, str]], None]:
    def damage(weights: Weights, metadata: dict[str, str]) -> None:
        metadata["spec"] = change(metadata["spec"])

    return damage


def set_nan(weights: Weights, metadata: dict[str, str]) -> None:
    weights["4.weight"][0, 0] = float("nan")


HOSTILE: dict[str, tuple[Callable[[Weights, dict[str, str]], Any], str]] = {
    "no spec": (lambda w, m: m.clear(), "has no spec in it"),
    "broken YAML": (spec_of(lambda s: "a: [" + s), "the spec in it is refused"),
    "not a network": (spec_of(lambda s: "hello"), "the spec in it is refused"),
    "too large": (spec_of(lambda s: s + "#" * 2_000_000), "larger than"),
    "aliases": (
        spec_of(lambda s: "vars: {a: &a [1], b: &b [*a, *a], c: [*b, *b, *a, *c]}" + s),
        "the spec in it is refused",
    ),
    "huge network": (
        spec_of(lambda s: s.replace("Linear: 10", "Linear: 2000000000")),
        r"4\.\w+ is \[10.*, its spec says \[2000000000",
    ),
    "a layer more": (spec_of(lambda s: s.replace("train:", "  - Linear: 10\ntrain:")), "has no 5."),
    "missing weight": (lambda w, m: w.pop("0.bias"), "has no 0.bias"),
    "unknown weight": (lambda w, m: w.update(x=torch.zeros(1)), "has an unknown x"),
    "other shape": (lambda w, m: w.update({"0.bias": torch.zeros(9)}), r"0.bias is \[9\]"),
    "other type": (lambda w, m: w.update({"0.bias": torch.zeros(8).long()}), "0.bias is torch.int"),
    "not finite": (set_nan, "4.weight is not finite"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_with_one_message(
    trained: Path, tmp_path: Path, case: str
) -> None:
    damage, message = HOSTILE[case]
    with safe_open(trained / "runs" / "tiny" / "1" / "best.safetensors", "pt") as saved:
        weights = {key: saved.get_tensor(key) for key in saved.keys()}  # noqa: SIM118
        metadata = dict(saved.metadata())
    damage(weights, metadata)
    file = tmp_path / "best.safetensors"
    save_file(weights, file, metadata=metadata)
    with pytest.raises(NetspecError, match=message) as caught:
        load_run(file, "cpu")
    assert str(file) in str(caught.value)
    assert type(caught.value) is NetspecError


def test_a_file_cut_off_or_changed_in_its_header_is_refused_or_whole(
    trained: Path, tmp_path: Path
) -> None:
    whole = (trained / "runs" / "tiny" / "1" / "best.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", whole[:8])
    chance = numpy.random.default_rng(0)
    damaged = [whole[:n] for n in (0, 1, 7, 8, 9, size, size + 8, len(whole) - 1)]
    damaged += [whole + b"x", b"\xff" * 8 + whole[8:], b"PK\x03\x04" + whole]
    for place in chance.integers(0, size + 8, 150):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(chance.integers(0, 8))
        damaged.append(bytes(flipped))
    refused = []
    file = tmp_path / "best.safetensors"
    for content in damaged:
        file.write_bytes(content)
        try:
            load_run(file, "cpu")
        except NetspecError as error:
            refused.append(str(error))
    assert len(refused) > len(damaged) // 3
    assert all("best.safetensors" in message for message in refused)


@pytest.mark.parametrize("path", ["nothing", "nothing.safetensors", "/dev/null", "."])
def test_no_file_is_said_so(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NetspecError, match=r"no best.safetensors|no nothing|/dev/null"):
        load_run(path, "cpu")


# eval


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


@pytest.mark.parametrize(
    "facts", ["{}", "{", '{"classes": ["a"], "mean": [0.1], "std": [0.1]}', '{"classes": 3}']
)
def test_a_run_that_does_not_say_what_it_learnt_is_refused(
    here: Path, tmp_path: Path, facts: str
) -> None:
    shutil.copytree(here / "runs" / "tiny", tmp_path / "runs" / "tiny")
    (tmp_path / "runs" / "tiny" / "1" / "environment.json").write_text(facts)
    done = netspec("eval", "tiny", "--runs-dir", str(tmp_path / "runs"))
    assert done.code in (2, 3)
    assert "environment.json" in done.err
    assert done.err.count("error:") == 1


# predict


def test_images_are_answered_by_file_with_a_probability(here: Path) -> None:
    files = [f"data/shades/test/{name}/0.png" for name in SHADES]
    done = netspec("predict", "shades", *files, "--device", "cpu")
    assert (done.code, done.err) == (0, "")
    lines = [line.split() for line in done.out.splitlines()]
    assert [line[:2] for line in lines] == [
        [file, name] for file, name in zip(files, SHADES, strict=True)
    ]
    assert all(34 < float(line[2].rstrip("%")) <= 100 for line in lines)


def test_an_image_is_read_as_the_data_set_was(here: Path, tmp_path: Path) -> None:
    """The same picture gives the same probabilities, from a file as from the data set."""
    run = open_run(here / "runs" / "tiny" / "1", "cpu")
    data, part = eval.data_of(run, here / "data")
    answers = eval.judge(run, data, part)
    files = []
    for i in range(5):
        file = tmp_path / f"{i}.png"
        Image.fromarray(data.judge.pixels[i, 0].numpy()).convert("RGBA").save(file)
        files.append(str(file))
    done = netspec("predict", "tiny", *files, "--device", "cpu", "--format", "json")
    found = json.loads(done.out)["images"]
    assert [one["image"] for one in found] == files
    for i, one in enumerate(found):
        assert one["class"] == str(int(answers.answers[i]))
        assert max(one["probabilities"].values()) == pytest.approx(
            float(answers.probabilities[i]), abs=1e-5
        )
        assert sum(one["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_what_is_no_image_is_named_and_the_others_are_answered(here: Path, tmp_path: Path) -> None:
    good, large = paint(tmp_path / "good.png", 20), paint(tmp_path / "large.png", 20, size=7)
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / "cut.png").write_bytes(good.read_bytes()[:-40])
    names = ("notes.txt", "good.png", "cut.png", "large.png", "none.png", "")
    done = netspec("predict", "shades", *(str(tmp_path / name) for name in names))
    assert done.code == 2
    assert done.out.split()[:2] == [str(good), "dark"]
    assert len(done.out.splitlines()) == 1
    notes, cut, size, missing, folder = done.err.splitlines()
    assert notes == f"error: {tmp_path / 'notes.txt'} is not an image that can be read"
    assert cut.startswith(f"error: {tmp_path / 'cut.png'} is not an image that can be read: ")
    assert size == f"error: {large} is 7 x 7, the network reads 6 x 6"
    assert missing.endswith("none.png is not an image that can be read: No such file or directory")
    assert folder.endswith("is not an image that can be read: Is a directory")


def test_an_image_is_resized_where_the_data_set_is(here: Path, tmp_path: Path) -> None:
    done = netspec("predict", "tiny", str(paint(tmp_path / "large.png", 100, size=40)))
    assert (done.code, done.err) == (0, "")


# Pictures


def size(file: Path) -> tuple[int, int]:
    with Image.open(file) as image:
        image.load()
        assert image.format == "PNG"
        assert len(image.convert("L").getcolors() or ()) > 10
        return image.size


def test_a_run_ends_with_pictures_of_its_curves_and_confusion(trained: Path) -> None:
    for name in ("tiny", "shades"):
        folder = trained / "runs" / name / "1"
        assert size(folder / "curves.png")[0] > 800
        assert min(size(folder / "confusion.png")) > 300


@pytest.mark.parametrize("names", [["犬", "$x_", "a" * 60], [f"class {i}" for i in range(33)]])
@pytest.mark.parametrize("wrong", [0, 3])
def test_any_class_names_and_any_counts_are_drawn(
    tmp_path: Path, names: list[str], wrong: int
) -> None:
    confusion = torch.full((len(names), len(names)), wrong).fill_diagonal_(5)
    judgement = Judgement("set", "test", names, confusion.tolist(), 0.0)
    pictures.confusion(tmp_path / "a.png", "$ odd _ title", judgement)
    assert min(size(tmp_path / "a.png")) > 300


@pytest.mark.parametrize("epochs", [1, 2, 40])
def test_curves_of_any_length_are_drawn(tmp_path: Path, epochs: int) -> None:
    keys = ("train_loss", "loss", "train_accuracy", "accuracy", "lr")
    rows = [dict.fromkeys(keys, 0.5 / i) | {"epoch": i} for i in range(1, epochs + 1)]
    rows[0] |= {"loss": float("inf"), "train_loss": float("nan") if epochs > 1 else 1.0}
    pictures.curves(tmp_path / "a.png", "set 1", rows, "val", 0.9 if epochs > 1 else None)
    assert size(tmp_path / "a.png")[0] > 800


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (5, 5), (130, 100)])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_sheet_holds_up_to_a_hundred_pictures(
    tmp_path: Path, count: int, shown: int, channels: int
) -> None:
    pixels = torch.randint(0, 256, (count, channels, 8, 12)).byte()
    fits = pictures.sheet(tmp_path / "a.png", "5 images", pixels, torch.rand(count))
    assert fits == shown
    assert min(size(tmp_path / "a.png")) > 100


def test_a_run_is_not_lost_for_want_of_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for name in [name for name in sys.modules if name.startswith("matplotlib.")]:
        monkeypatch.setitem(sys.modules, name, None)
    spec = source.parse(SPEC.replace("epochs: 2", "epochs: 1"), "tiny.yaml")
    result = train(spec, tmp_path, "cpu", tmp_path / "runs", out=sys.stdout)
    assert "no pictures: " in capsys.readouterr().out
    assert not (result.folder / "curves.png").exists()
    assert json.loads((result.folder / "summary.json").read_text())["status"] == "finished"
