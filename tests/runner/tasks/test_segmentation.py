"""Classes of pixels: figures against counts by hand, and runs from the files to the masks."""

from __future__ import annotations

import json
import math
import shutil
import signal
from pathlib import Path
from typing import Any

import drawn
import numpy
import pytest
import torch
from command import netspec
from PIL import Image
from sklearn.metrics import jaccard_score
from torch import Generator, Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from waits import Waits

from netspec.diagnostic import NetspecError
from netspec.network.load import load_run
from netspec.runner.machine.stop import Stop
from netspec.runner.run.metrics import Row
from netspec.runner.tasks import of
from netspec.runner.tasks.base import Gauge
from netspec.runner.train import Result, train
from netspec.runs.overlap import Overlap, ious

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = ("width: 8", "width: 4")


def given(n: int, classes: int, seed: int) -> tuple[Tensor, Tensor]:
    """Logits (n, C, H, W), and masks with pixels that are left out and no class 1."""
    chance = Generator().manual_seed(seed)
    masks = torch.randint(0, classes, (n, 5, 7), generator=chance).byte()
    masks[masks == 1] = 255
    return torch.randn(n, classes, 5, 7, generator=chance), masks


def test_counting_makes_no_gpu_wait() -> None:
    with FakeTensorMode(), Waits():
        y = torch.rand(2, 3, 8, 8, device="cuda")
        masks = torch.zeros(2, 8, 8, device="cuda", dtype=torch.uint8)
        gauge = Gauge(of("segmentation"), (), 3, device=torch.device("cuda"))
        gauge.add(y, masks)
        assert gauge.sums["cells"].device.type == "cuda"


@pytest.mark.parametrize("answered", [True, False])
def test_figures_are_those_that_are_counted_pixel_by_pixel(answered: bool) -> None:
    y, masks = given(6, 4, 0)
    if not answered:
        y[:, 1] = -9  # then class 1 is neither true nor answered, and does not count
    traits = of("segmentation").traits
    gauge = Gauge(of("segmentation"), traits.figures, 4)
    for part in (slice(0, 2), slice(2, 6)):
        gauge.add(y[part], masks[part])
    found = gauge.figures([])  # type: ignore[arg-type]
    pixels = [
        (int(t), int(a))
        for t, a in zip(masks.flatten(), y.argmax(1).flatten(), strict=True)
        if t != 255
    ]
    shares = []
    for label in range(4):
        either = sum(label in pixel for pixel in pixels)
        if either:
            shares.append(sum(pixel == (label, label) for pixel in pixels) / either)
    assert len(shares) == (4 if answered else 3)
    assert found["mean_iou"] == pytest.approx(sum(shares) / len(shares), rel=1e-12)
    assert found["mean_iou"] == pytest.approx(
        jaccard_score(*zip(*pixels, strict=True), average="macro")
    )
    assert found["pixel_accuracy"] == sum(t == a for t, a in pixels) / len(pixels)


def test_figures_of_each_class_are_shares_of_its_pixels() -> None:
    cells = [[50, 10, 0], [0, 30, 0], [0, 0, 0]]
    judgement = Overlap("shapes", "test", ("a", "b", "c"), cells, 0.1, 2, 6)
    a, b, c = judgement.by_class
    assert a[1:] == (60, 50, 50 / 60, 50 / 60, 1.0)
    assert b[1:] == (30, 30, 30 / 40, 1.0, 30 / 40)
    assert c[1:] == (0, 0, None, None, None)
    assert judgement.mean_iou == (50 / 60 + 30 / 40) / 2
    assert (judgement.pixels, judgement.pixel_accuracy) == (90, 80 / 90)
    assert ious([[0]]) == [None]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """data/shapes/, and runs/unet/1/ of a network that learnt it."""
    torch.set_num_threads(1)
    root = drawn.data(tmp_path_factory.mktemp("masks") / "data").parent
    train(drawn.spec(), root / "data", "cpu", root / "runs")
    return root


@pytest.fixture
def here(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(root)
    return root


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_a_small_u_net_learns_far_more_than_that_all_is_ground(here: Path) -> None:
    masks = numpy.stack([drawn.drawn(10_000 + i)[1] for i in range(16)])
    trivial = (masks == 0).sum() / (masks != 255).sum() / 3
    assert trivial < 0.3
    last = rows(here / "runs" / "unet" / "1")[-1]
    assert last["mean_iou"] > 0.75
    assert last["pixel_accuracy"] > 0.95


def test_eval_says_what_training_said_of_the_best_epoch(here: Path) -> None:
    done = netspec("eval", "unet", "--device", "cpu", "--format", "json")
    told = json.loads(done.out)
    best = max(rows(here / "runs" / "unet" / "1"), key=lambda row: row["mean_iou"])
    assert (told["task"], told["images"]) == ("segmentation", 16)
    assert told["mean_iou"] == best["mean_iou"]
    assert told["pixel_accuracy"] == best["pixel_accuracy"]
    assert told["loss"] == pytest.approx(best["loss"], rel=1e-5)
    masks = numpy.stack([drawn.drawn(10_000 + i)[1] for i in range(16)])
    assert told["left_out"] == (masks == 255).sum()
    assert [one["pixels"] for one in told["classes"]] == [(masks == i).sum() for i in range(3)]
    text = netspec("eval", "unet", "--device", "cpu").out
    assert text.startswith(f"runs/unet/1: mean IoU {best['mean_iou']:.2%}, ")
    assert all(name in text for name in drawn.CLASSES)
    done = netspec("eval", "unet", "--wrong", "circle", "square", "--out", "x.png")
    assert (done.code, "answers are for pixels" in done.err) == (2, True)


def test_a_run_leaves_a_picture_of_images_masks_and_answers(here: Path) -> None:
    with Image.open(here / "runs" / "unet" / "1" / "masks.png") as picture:
        assert picture.height > picture.width > 300


def test_predict_writes_masks_as_large_as_the_images(here: Path, tmp_path: Path) -> None:
    with Image.open("data/shapes/test/images/000.png") as image:
        image.resize((70, 50)).save(tmp_path / "wide.png")
    files = ["data/shapes/test/images/000.png", str(tmp_path / "wide.png")]
    done = netspec("predict", "unet", *files, "-o", str(tmp_path / "out"), "--device", "cpu")
    assert (done.code, done.err) == (0, "")
    first, second = done.out.splitlines()
    assert first.startswith("data/shapes/test/images/000.png")
    assert "ground " in first
    assert "ground " in second
    with Image.open(tmp_path / "out" / "000.png") as mask:
        assert (mask.mode, mask.size) == ("P", (32, 32))
        values = numpy.array(mask)
    network = load_run(here / "runs" / "unet" / "1", "cpu")
    pixels = torch.from_numpy(drawn.drawn(10_000)[0]).permute(2, 0, 1)[None]
    with torch.inference_mode():
        assert torch.equal(network(pixels).argmax(1)[0], torch.from_numpy(values).long())
    shares = json.loads(netspec("predict", "unet", files[0], "--format", "json").out)
    (one,) = shares["images"]
    assert one["mask"] is None
    assert one["shares"] == {name: (values == i).mean() for i, name in enumerate(drawn.CLASSES)}
    with Image.open(tmp_path / "out" / "wide.png") as mask:
        assert mask.size == (70, 50)
        assert set(numpy.unique(numpy.asarray(mask))) <= {0, 1, 2}


def test_predict_keeps_images_and_masks_apart(here: Path, tmp_path: Path) -> None:
    image = tmp_path / "000.png"
    shutil.copy("data/shapes/test/images/000.png", image)
    before = image.read_bytes()
    done = netspec("predict", "unet", str(image), "-o", str(tmp_path))
    assert (done.code, image.read_bytes()) == (2, before)
    assert "is an image that is read" in done.err
    both = [str(image), "data/shapes/test/images/000.png"]
    done = netspec("predict", "unet", *both, "-o", str(tmp_path / "out"))
    assert (done.code, "would both be" in done.err) == (2, True)


class Later:
    """A stop that comes after some steps."""

    def __init__(self, steps: int) -> None:
        self.left, self.signal = steps, signal.SIGINT

    def __bool__(self) -> bool:
        self.left -= 1
        return self.left < 0

    def __enter__(self) -> Later:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    interrupted = Stop.interrupted


@pytest.mark.parametrize("stream", [False, True])
def test_a_run_taken_up_again_ends_as_one_that_never_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    drawn.data(tmp_path / "data", 10, 4, side=16)
    changes = (SMALL, ("resize: true", f"stream: {str(stream).lower()}"), ("size: 8", "size: 4"))
    spec = drawn.spec(*changes, side=16, epochs=2)

    def go(runs: str, resume: Path | None = None) -> Result:
        return train(spec, tmp_path / "data", "cpu", tmp_path / runs, resume=resume, pictures=False)

    whole = go("whole")
    monkeypatch.setattr("netspec.runner.train.Stop", lambda: Later(4))
    with pytest.raises(NetspecError, match="interrupted"):
        go("parts")
    monkeypatch.undo()
    parts = go("parts", tmp_path / "parts" / "unet" / "1")

    def told(of: list[Row]) -> list[Any]:
        return [(row.train_loss, row.trained, row.loss, row.judged) for row in of]

    assert told(parts.rows) == told(whole.rows)
    best = [(result.folder / "best.safetensors").read_bytes() for result in (whole, parts)]
    assert best[0] == best[1]


def test_arrays_are_learnt_as_files_are(tmp_path: Path) -> None:
    drawn.data(tmp_path, 8, 4, side=16)
    arrays: dict[str, Any] = {}
    for part, first, count in (("train", 0, 8), ("test", 10_000, 4)):
        pairs = [drawn.drawn(first + i, 16) for i in range(count)]
        arrays[f"x_{part}"] = numpy.stack([x.transpose(2, 0, 1) for x, _ in pairs])
        arrays[f"y_{part}"] = numpy.stack([y for _, y in pairs]).astype("int64")
    numpy.savez(tmp_path / "shapes.npz", classes=[*drawn.CLASSES], **arrays)
    npz = [
        ("dataset: segmentation", "dataset: npz"), ("path: shapes", "path: shapes.npz"),
        ("    classes: [ground, circle, square]\n", ""),
    ]  # fmt: skip
    found = [
        train(
            drawn.spec(SMALL, *changes, side=16, epochs=1),
            tmp_path,
            "cpu",
            tmp_path / "runs",
            pictures=False,
        )
        for changes in ([], npz)
    ]
    assert found[0].rows[0].judged == found[1].rows[0].judged
    arrays["y_test"][1, 2, 3] = 7
    numpy.savez(tmp_path / "shapes.npz", classes=[*drawn.CLASSES], **arrays)
    with pytest.raises(NetspecError, match=r"y_test\[1, 2, 3\] is 7, outside 0 to 2"):
        train(
            drawn.spec(*npz, side=16, epochs=1), tmp_path, "cpu", tmp_path / "runs", pictures=False
        )


def test_classes_that_are_held_back_by_a_fraction_are_drawn_by_the_seed(tmp_path: Path) -> None:
    for index in range(8):
        drawn.save(tmp_path / "shapes", f"{index}", index, 16)
    spec = drawn.spec(
        SMALL, ("resize: true", "val_fraction: 0.25"), ("Adam: {lr: 0.01}", "SGD: {lr: 0.1}"),
        ("epochs: 6", "epochs: 1\n  loss: {CrossEntropyLoss: {weight: [1, 4, 2]}}"), side=16,
    )  # fmt: skip
    result = train(spec, tmp_path, "cpu", tmp_path / "runs", pictures=False)
    assert math.isfinite(result.rows[0].loss)
    assert json.loads(netspec("eval", str(result.folder), "--data-dir", str(tmp_path),
                              "--format", "json").out)["images"] == 2  # fmt: skip


class Pictures:
    """A data set of torch: pictures and masks, drawn when they are asked for."""

    classes = drawn.CLASSES

    def __init__(self, first: int, count: int) -> None:
        self.first, self.count = first, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if index >= self.count:
            raise IndexError
        image, mask = drawn.drawn(self.first + index, 16)
        return torch.from_numpy(image).movedim(-1, 0), torch.from_numpy(mask)


def test_masks_of_ones_own_are_learnt(tmp_path: Path) -> None:
    spec = drawn.spec(
        SMALL, ("dataset: segmentation", "dataset: own"), ("    path: shapes\n", ""),
        ("    classes: [ground, circle, square]\n", ""), side=16, epochs=1,
    )  # fmt: skip
    data = Pictures(0, 8), Pictures(10_000, 4)
    result = train(spec, tmp_path, "cpu", tmp_path / "runs", data=data)
    assert result.task.follows.name == "mean_iou"
    assert (result.folder / "masks.png").exists()
    arrays = [torch.utils.data.default_collate([part[i] for i in range(4)]) for part in data]
    again = train(spec, tmp_path, "cpu", tmp_path / "runs", data=arrays, pictures=False)
    assert again.task is result.task
