"""Every data set of the vocabulary has a reader, and what is said of it is so."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from datasets import read

from netspec.diagnostic import NetspecError
from netspec.language.training import DATASETS
from netspec.runner.data import readers
from netspec.runner.data.wanted import Wanted


@pytest.mark.parametrize("name", DATASETS.words)
def test_every_data_set_has_a_reader(name: str) -> None:
    module = import_module(f"netspec.runner.data.readers.{DATASETS.traits[name].reader}")
    (parameter,) = inspect.signature(module.read, eval_str=True).parameters.values()
    assert parameter.annotation is Wanted


def test_every_reader_has_a_data_set() -> None:
    files = {file.stem for file in Path(readers.__path__[0]).glob("*.py")} - {"__init__"}
    assert {traits.reader for traits in DATASETS.traits.values()} == files


@pytest.mark.parametrize(
    "name", [name for name, traits in DATASETS.traits.items() if traits.image and traits.classes]
)
def test_images_and_classes_are_those_that_the_word_says(
    name: str, real: Path, offline: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Image files are listed, and read when they are needed: never here.
    monkeypatch.setattr("netspec.runner.data.readers.folder.fits", lambda *_: False)
    traits = DATASETS.traits[name]
    assert traits.image is not None
    assert traits.classes is not None
    try:
        more = {"val_fraction": 0.2} if len(traits.parts) == 1 else {}
        found = read(name, real, traits.image, traits.classes, **more)
    except NetspecError:
        pytest.skip(f"{name} is not in {real}")
    assert (found.name, found.train.shape, len(found.classes)) == (name, *traits[:2])
    if traits.digits:
        assert found.classes == tuple("0123456789")
