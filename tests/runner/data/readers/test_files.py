"""Small data sets of image files, laid out as they are published, listed by torchvision."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import md5
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from datasets import picture, read
from PIL import Image
from scipy.io import savemat
from torchvision import datasets

from netspec.diagnostic import NetspecError
from netspec.language.training import DATASETS
from netspec.runner.data.stream import Streamed

CHANCE = numpy.random.default_rng(0)
SIZES = [(9, 7), (16, 20), (12, 12), (30, 8)]


def paint(path: Path, index: int, size: tuple[int, int] | None = None) -> None:
    """A picture of noise, of one size of several."""
    width, height = size or SIZES[index % len(SIZES)]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(CHANCE.integers(0, 256, (height, width, 3)).astype(numpy.uint8)).save(path)


def matlab(path: Path, **values: Any) -> list[str]:
    """A file of Matlab's, as torchvision lists it with its digest."""
    savemat(path, values)
    return [path.name, md5(path.read_bytes(), usedforsecurity=False).hexdigest()]


def gtsrb(root: Path, patch: Any) -> None:
    base = root / "gtsrb"
    for label in range(43):
        paint(base / "GTSRB" / "Training" / f"{label:05d}" / "00000_00000.ppm", label)
    lines = ["Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"]
    for index, label in enumerate((7, 0, 42)):
        paint(base / "GTSRB" / "Final_Test" / "Images" / f"{index:05d}.ppm", index)
        lines.append(f"{index:05d}.ppm;9;9;1;1;8;8;{label}")
    (base / "GT-final_test.csv").write_text("\n".join(lines))


def flowers102(root: Path, patch: Any) -> None:
    base = root / "flowers-102"
    for index in range(1, 7):
        paint(base / "jpg" / f"image_{index:05d}.jpg", index)
    files = {
        "label": matlab(base / "imagelabels.mat", labels=[5, 1, 102, 3, 2, 2]),
        "setid": matlab(base / "setid.mat", trnid=[3, 1, 2], valid=[4], tstid=[6, 5]),
    }
    kind = datasets.Flowers102
    patch.setattr(kind, "_file_dict", {**kind._file_dict, **files})


def food101(root: Path, patch: Any) -> None:
    base, names = root / "food-101", [f"dish_{label:03d}" for label in range(101)]
    (base / "meta").mkdir(parents=True)
    for part, index in (("train", 0), ("test", 1)):
        listed = {name: [f"{name}/{index}"] for name in names}
        (base / "meta" / f"{part}.json").write_text(json.dumps(listed))
        for label, name in enumerate(names):
            paint(base / "images" / name / f"{index}.jpg", label, (8, 8))


def pets(root: Path, patch: Any) -> None:
    base = root / "oxford-iiit-pet"
    (base / "annotations").mkdir(parents=True)
    for part, index in (("trainval", 1), ("test", 2)):
        lines = [f"breed_{label:02d}_{index} {label + 1} {label % 2 + 1} 1" for label in range(37)]
        (base / "annotations" / f"{part}.txt").write_text("\n".join(lines))
        for label in range(37):
            paint(base / "images" / f"breed_{label:02d}_{index}.jpg", label)


def classes_in_folders(base: Path, parts: list[str], names: list[str], end: str = "jpg") -> None:
    for part in parts:
        for label, name in enumerate(names):
            paint(base / part / name / f"{part or 'all'}_{label}.{end}", label, (10, 10))


def country211(root: Path, patch: Any) -> None:
    names = [f"C{label:03d}" for label in range(211)]
    classes_in_folders(root / "country211", ["train", "test"], names)


def dtd(root: Path, patch: Any) -> None:
    base = root / "dtd" / "dtd"
    (base / "labels").mkdir(parents=True)
    for part, index in (("train", 1), ("test", 2)):
        names = [f"texture{label:02d}/{index}.jpg" for label in range(47)]
        (base / "labels" / f"{part}1.txt").write_text("\n".join(names))
        for label, name in enumerate(names):
            paint(base / "images" / name, label)


def eurosat(root: Path, patch: Any) -> None:
    for label in range(10):
        for index in range(4):
            paint(root / "eurosat" / "2750" / f"Land{label}" / f"{index}.jpg", index, (64, 64))


def aircraft(root: Path, patch: Any) -> None:
    base = root / "fgvc-aircraft-2013b" / "data"
    names = [f"Plane {label:02d}" for label in range(100)]
    base.mkdir(parents=True)
    (base / "variants.txt").write_text("\n".join(names))
    for part, first in (("trainval", 0), ("test", 100)):
        lines = [f"{first + label:07d} {name}" for label, name in enumerate(names)]
        (base / f"images_variant_{part}.txt").write_text("\n".join(lines))
        for label in range(100):
            paint(base / "images" / f"{first + label:07d}.jpg", label, (10, 8))


def imagenette(root: Path, patch: Any) -> None:
    names = [*datasets.Imagenette._WNID_TO_CLASS]
    classes_in_folders(root / "imagenette2", ["train", "val"], names, "jpeg")


def sentences(root: Path, patch: Any) -> None:
    for part in ("train", "test"):
        for label, name in enumerate(("negative", "positive")):
            paint(root / "rendered-sst2" / part / name / f"{label}.png", label, (448, 448))


def cars(root: Path, patch: Any) -> None:
    base, fields = root / "stanford_cars", [("class", float), ("fname", object)]
    (base / "devkit").mkdir(parents=True)
    names = numpy.array([f"Car {label}" for label in range(196)], object)
    matlab(base / "devkit" / "cars_meta.mat", class_names=names)
    files = {"train": "devkit/cars_train_annos.mat", "test": "cars_test_annos_withlabels.mat"}
    for part, file in files.items():
        rows = [(label, f"{index:05d}.jpg") for index, label in enumerate((196, 1, 7), 1)]
        matlab(base / file, annotations=numpy.array(rows, fields))
        for index in (1, 2, 3):
            paint(base / f"cars_{part}" / f"{index:05d}.jpg", index)


def scenes(root: Path, patch: Any) -> None:
    base, names = root / "SUN397", [f"/s/scene{label:03d}" for label in range(397)]
    for label, name in enumerate(names):
        for index in range(1 + (label < 9)):
            paint(base / name[1:] / f"sun_{label}_{index}.jpg", label, (8, 8))
    (base / "ClassName.txt").write_text("\n".join(names))


WRITERS: dict[str, Callable[[Path, Any], None]] = {
    "GTSRB": gtsrb, "Flowers102": flowers102, "Food101": food101, "OxfordIIITPet": pets,
    "Country211": country211, "DTD": dtd, "EuroSAT": eurosat, "FGVCAircraft": aircraft,
    "Imagenette": imagenette, "RenderedSST2": sentences, "StanfordCars": cars, "SUN397": scenes,
}  # fmt: skip
ALONE = {"val_fraction": 0.5}


def found(name: str, root: Path, **more: Any) -> Any:
    traits = DATASETS.traits[name]
    alone = ALONE if len(traits.parts) == 1 else {}
    assert traits.classes
    return read(name, root, traits.image or (3, 10, 10), traits.classes, **(alone | more))


def theirs(name: str, root: Path) -> list[Any]:
    """What torchvision reads of each part."""
    traits, kind = DATASETS.traits[name], getattr(datasets, name)
    if len(traits.parts) == 1:
        return [kind(root)]
    return [kind(root, split=part) for part in traits.parts]


def test_every_data_set_of_image_files_is_tried() -> None:
    assert WRITERS.keys() == {n for n, t in DATASETS.traits.items() if t.reader == "files"}


@pytest.mark.parametrize("name", WRITERS)
def test_files_as_they_are_published_are_read_as_torchvision_does(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, offline: list[Any]
) -> None:
    WRITERS[name](tmp_path, monkeypatch)
    data, traits = found(name, tmp_path), DATASETS.traits[name]
    size = (traits.image or (3, 10, 10))[1:]
    known = [
        {
            numpy.asarray(image.resize(size[::-1], Image.Resampling.BILINEAR)).tobytes(): int(label)
            for image, label in part
        }
        for part in theirs(name, tmp_path)
    ]
    got = [
        {
            x.permute(1, 2, 0).numpy().tobytes(): int(y)
            for x, y in zip(feed.pixels, feed.labels, strict=True)
        }
        for feed in (data.train, data.judge)
    ]
    assert all(got)
    assert known == (got if len(known) == 2 else [got[0] | got[1]])
    names = getattr(theirs(name, tmp_path)[0], "classes", [str(i) for i in range(43)])
    assert list(data.classes) == [one if isinstance(one, str) else one[0] for one in names]
    assert (data.name, len(data.classes), not offline) == (name, traits.classes, True)


def test_they_are_streamed_with_the_pixels_of_those_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gtsrb(tmp_path, monkeypatch)
    here, streamed = (found("GTSRB", tmp_path, stream=stream) for stream in (False, True))
    assert isinstance(streamed.train, Streamed)
    picks = [torch.tensor([40, 3]), torch.tensor([7])]
    batches = (data.train.batches(picks) for data in (here, streamed))
    for ours, other in zip(*batches, strict=True):
        assert all(torch.equal(one, two) for one, two in zip(ours, other, strict=True))
    monkeypatch.setattr("netspec.runner.data.readers.folder.fits", lambda *_: False)
    assert isinstance(found("GTSRB", tmp_path).judge, Streamed)


def test_files_that_are_listed_and_not_there_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offline: list[Any]
) -> None:
    flowers102(tmp_path, monkeypatch)
    file = tmp_path / "flowers-102" / "jpg" / "image_00002.jpg"
    file.unlink()
    with pytest.raises(NetspecError, match=r"image_00002.jpg is listed by Flowers102, and cannot"):
        found("Flowers102", tmp_path)
    file.write_bytes(b"no picture")
    with pytest.raises(NetspecError, match=r"image_00002.jpg is not an image that can be read"):
        found("Flowers102", tmp_path)
    (tmp_path / "flowers-102" / "setid.mat").write_bytes(b"another")
    with pytest.raises(NetspecError, match=r"Flowers102 in .* is not as it was published"):
        found("Flowers102", tmp_path)
    assert not offline


def test_a_picture_with_the_suffix_of_another_format_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of OxfordIIITPet's are GIF and PNG files."""
    pets(tmp_path, monkeypatch)
    for index, kind in enumerate(("GIF", "PNG")):
        file = tmp_path / "oxford-iiit-pet" / "images" / f"breed_{index:02d}_1.jpg"
        Image.new("RGB", (10, 10), (0, 0, 255)).save(file, format=kind)
    data = found("OxfordIIITPet", tmp_path)
    assert data.train.pixels[:2].float().mean((0, 2, 3)).tolist() == [0, 0, 255]


def test_one_channel_is_read_as_grey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gtsrb(tmp_path, monkeypatch)
    picture(tmp_path / "gtsrb" / "GTSRB" / "Training" / "00000" / "00000_00000.ppm")
    data = read("GTSRB", tmp_path, (1, 10, 10), 43)
    assert data.train.shape == (1, 10, 10)
