"""The train: section: what it takes, what it refuses and where it says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from netspec.language.training import (
    AUGMENTATIONS,
    AVERAGES,
    DATASETS,
    OPTIMIZERS,
    SCHEDULERS,
    Train,
    schema,
)
from netspec.language.validation import faults

GOOD: dict[str, Any] = {
    "data": {"dataset": "MNIST", "augment": [{"RandomRotation": 7}]},
    "batch_size": 128,
    "epochs": 15,
    "optimizer": {"Adam": {"lr": 0.01}},
    "scheduler": {"StepLR": {"step_size": 6, "gamma": 0.1}},
    "goal": {"accuracy": 0.994, "last_epochs": 4},
}


def data(**more: Any) -> dict[str, Any]:
    return {"data": {"dataset": "MNIST", **more}}


def augmented(*written: Any) -> dict[str, Any]:
    return data(augment=list(written))


def test_the_designs_section_is_read_with_torchs_defaults() -> None:
    train = Train.model_validate(GOOD)
    assert train.optimizer.name == "Adam"
    assert train.optimizer.arguments == {
        "lr": 0.01, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0, "amsgrad": False,
    }  # fmt: skip
    assert train.data.augment[0].arguments["degrees"] == (-7, 7)
    assert (train.seed, train.loss, train.data.val_fraction) == (0, None, None)


@pytest.mark.parametrize(
    ("written", "arguments"),
    [
        ("RandomErasing", {"p": 0.5, "scale": (0.02, 0.33), "ratio": (0.3, 3.3), "value": 0.0}),
        ({"RandomErasing": None}, {"p": 0.5}),
        ({"RandomErasing": 0.2}, {"p": 0.2}),
        ({"RandomErasing": [0.2, [0, 0.1]]}, {"p": 0.2, "scale": (0, 0.1)}),
        ({"RandomErasing": {"scale": [0, 0.1]}}, {"p": 0.5, "scale": (0, 0.1)}),
        ({"RandomRotation": [[-3, 9], "bilinear"]},
         {"degrees": (-3, 9), "interpolation": "bilinear"}),
        ({"RandomCrop": [32, 4]}, {"size": (32, 32), "padding": 4}),
        ({"ColorJitter": {"contrast": 0.3, "saturation": [0, 2]}},
         {"brightness": None, "contrast": (0.7, 1.3), "saturation": (0, 2)}),
        ({"RandomAffine": {"degrees": 5, "shear": [1, 2, 3, 4]}}, {"shear": (1, 2, 3, 4)}),
    ],
    ids=str,
)  # fmt: skip
def test_names_mappings_lists_and_scalars_mean_torchs_arguments(
    written: Any, arguments: dict[str, Any]
) -> None:
    (part,) = Train.model_validate(GOOD | augmented(written)).data.augment
    assert {key: part.arguments[key] for key in arguments} == arguments


@pytest.mark.parametrize(
    ("change", "code", "at", "hint"),
    [
        ({"epoch": 3}, "unknown-key", ("epoch",), "did you mean epochs?"),
        ({"goal": {"acuracy": 1}}, "unknown-key", ("goal", "acuracy"), "did you mean accuracy?"),
        ({"optimizer": "Adm"}, "unknown-optimizer", ("optimizer",), "did you mean Adam?"),
        ({"optimizer": {"adamw": {}}}, "unknown-optimizer", ("optimizer", "adamw"), "AdamW?"),
        ({"optimizer": "zzz"}, "unknown-optimizer", ("optimizer",), "known here: SGD, Adam"),
        ({"optimizer": {"Adam": {"lrr": 1}}}, "unknown-key", ("optimizer", "Adam", "lrr"), "lr?"),
        ({"optimizer": {"Adam": 1, "SGD": 1}}, "wrong-type", ("optimizer",), "{SGD: {lr: …}}"),
        ({"optimizer": 5}, "wrong-type", ("optimizer",), "{SGD: {lr: …}}"),
        ({"optimizer": {"SGD": {"nesterov": True}}}, "nesterov-without-momentum",
         ("optimizer", "SGD", "nesterov"), "momentum: 0.9"),
        ({"optimizer": {"Adam": [1, [0.9, 0.9], 0, 0, False, 7]}}, "unknown-key",
         ("optimizer", "Adam", 5), ""),
        ({"optimizer": {"Adam": {"betas": [0.9]}}}, "wrong-length",
         ("optimizer", "Adam", "betas"), ""),
        ({"scheduler": "StepLR"}, "missing-key", ("scheduler",), "add step_size"),
        ({"scheduler": {"StepLr": 3}}, "unknown-scheduler", ("scheduler", "StepLr"), "StepLR?"),
        ({"scheduler": {"MultiStepLR": [[3, 2]]}}, "milestones-not-rising",
         ("scheduler", "MultiStepLR", 0), "[2, 3]"),
        ({"optimizer": "Adagrad", "scheduler": {"OneCycleLR": 0.1}}, "no-momentum-to-cycle",
         ("scheduler", "OneCycleLR"), "cycle_momentum: false"),
        ({"average": "SWE"}, "unknown-average", ("average",), "did you mean SWA?"),
        ({"average": {"EMA": 1.0}}, "wrong-value", ("average", "EMA"), ""),
        ({"average": "SWA"}, "missing-key", ("average",), "add start_epoch"),
        ({"average": {"SWA": {"start_epoch": 16}}}, "average-too-late",
         ("average", "SWA", "start_epoch"), ""),
        ({"accumulate": 129}, "too-many-parts", ("accumulate",), ""),
        ({"clip_grad_norm": 1.0, "clip_grad_value": 1.0}, "clipped-twice",
         ("clip_grad_value",), "take one out"),
        ({"early_stopping": {"patience": 3, "monitor": "los"}}, "wrong-value",
         ("early_stopping", "monitor"), ""),
        ({"loss": "MSE"}, "unknown-loss", ("loss",), "MSELoss"),
        ({"loss": "MSELoss"}, "task-mismatch", ("loss",), "CrossEntropyLoss or NLLLoss would do"),
        ({"task": "regresion"}, "unknown-task", ("task",), "did you mean regression?"),
        ({"task": "regression"}, "task-mismatch", ("data", "dataset"), ""),
        ({"goal": {"mae": 1}}, "task-mismatch", ("goal", "mae"), ""),
        ({"goal": {"last_epochs": 2}}, "missing-key", ("goal",), "accuracy, mae"),
        ({"early_stopping": {"patience": 1, "monitor": "r2"}}, "task-mismatch",
         ("early_stopping", "monitor"), ""),
        ({"metrics": ["top4"]}, "wrong-value", ("metrics", 0), ""),
        ({"loss": {"CrossEntropyLoss": {"label_smoothing": 2}}}, "wrong-value",
         ("loss", "CrossEntropyLoss", "label_smoothing"), ""),
        (data(dataset="mnist"), "unknown-dataset", ("data", "dataset"), "did you mean MNIST?"),
        (data(path="x"), "unused-path", ("data", "path"), "--data-dir"),
        (data(orientation="ignore"), "unused-orientation", ("data", "orientation"), "leave it out"),
        (data(dataset="folder", path="../x"), "path-outside", ("data", "path"), "--data-dir"),
        (data(dataset="folder", path="/x"), "path-outside", ("data", "path"), "--data-dir"),
        (data(dataset="folder", path="a\\..\\b"), "path-outside", ("data", "path"), "--data-dir"),
        ({"groups": {"head": {}}}, "missing-key", ("groups", "head"), "lr: 0.001"),
        ({"groups": {"a": {"lrr": 1}}}, "unknown-key", ("groups", "a", "lrr"), "did you mean"),
        (
            {"freeze": ["stem"], "average": {"SWA": 3}},
            "idle-part", ("average", "SWA"), "EMA keeps them",
        ),
        (data(label="x"), "unused-label", ("data", "label"), "leave it out"),
        (data(split="letters"), "unused-split", ("data", "split"), "val_fraction"),
        (data(columns=["x"]), "unused-columns", ("data", "columns"), "leave it out"),
        (data(dataset="csv", path="x"), "missing-key", ("data",), "label: is its name"),
        (
            data(dataset="csv", path="x", label="y", columns=["a", "y"]),
            "wrong-value", ("data", "columns", 1), "take it out",
        ),
        (data(dataset="npz"), "missing-key", ("data",), "path: is its name"),
        (data(mean=[33.3], std=[78.6]), "wrong-value", ("data", "mean", 0), "0.1306 where"),
        (data(mean=[0.1]), "wrong-length", ("data", "mean"), "neither"),
        (augmented("RandomErasing", {"RandomRotaton": 7}), "unknown-augmentation",
         ("data", "augment", 1, "RandomRotaton"), "RandomRotation?"),
        (augmented({"RandomRotation": -7}), "range-reversed",
         ("data", "augment", 0, "RandomRotation"), ""),
        (augmented({"RandomRotation": [[7, 1]]}), "range-reversed",
         ("data", "augment", 0, "RandomRotation", 0), "[1.0, 7.0]"),
        (augmented({"RandomAffine": {"degrees": 1, "shear": [1, 2, 3]}}), "wrong-length",
         ("data", "augment", 0, "RandomAffine", "shear"), ""),
        (augmented({"RandomAffine": {"degrees": 1, "scale": 5}}), "wrong-type",
         ("data", "augment", 0, "RandomAffine", "scale"), ""),
        ({"batch_size": True}, "wrong-type", ("batch_size",), ""),
        ({"batch_size": 64.0}, "wrong-type", ("batch_size",), ""),
        ({"epochs": "3"}, "wrong-type", ("epochs",), ""),
        ({"optimizer": {"Adam": "1e-3"}}, "wrong-type", ("optimizer", "Adam"), ""),
        ({"optimizer": {"Adam": {"lr": float("nan")}}}, "wrong-type",
         ("optimizer", "Adam", "lr"), ""),
        ({"optimizer": {"Adam": {"betas": [0.9, True]}}}, "wrong-type",
         ("optimizer", "Adam", "betas", 1), ""),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)  # fmt: skip
def test_a_mistake_is_said_once_with_its_place_and_a_way_out(
    change: dict[str, Any], code: str, at: tuple[str | int, ...], hint: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Train.model_validate(GOOD | change)
    (fault,) = faults(caught.value, Train, "train", GOOD | change)
    assert (fault.code, fault.at) == (code, at)
    assert hint in (fault.help or "")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        Train.model_validate({})
    (fault,) = faults(caught.value, Train, "train", {})
    assert fault.message == "train needs data, batch_size, epochs and optimizer"


def test_what_is_dumped_reads_as_the_same_section() -> None:
    train = Train.model_validate(GOOD)
    assert Train.model_validate(json.loads(train.model_dump_json())) == train


class TestSchema:
    SCHEMA = schema()

    @pytest.mark.parametrize(
        "change",
        [
            {},
            {"optimizer": "SGD"},
            {"optimizer": {"SGD": [0.1, 0.9]}},
            {"scheduler": {"StepLR": 3}},
            {"scheduler": None},
            {"freeze": ["stem"], "groups": {"head": {"lr": 0.1, "weight_decay": 0}}},
            {"average": {"SWA": 12}, "accumulate": 4, "clip_grad_norm": 1.0},
            {"average": "EMA", "early_stopping": {"patience": 3}, "deterministic": True},
            *[augmented(name) for name in ("RandomErasing", {"RandomCrop": [32, 4]})],
            *[augmented({"RandomRotation": degrees}) for degrees in (7, [[-7, 7]])],
            *[
                {
                    "data": {
                        "dataset": name,
                        **{k: "x" for k in ("path", "label") if k in traits.keys},
                    }
                }
                for name, traits in DATASETS.traits.items()
            ],
        ],
        ids=str,
    )
    def test_takes_what_the_section_takes(self, change: dict[str, Any]) -> None:
        Train.model_validate(GOOD | change)
        jsonschema.Draft202012Validator(self.SCHEMA).validate(GOOD | change)

    @pytest.mark.parametrize(
        "change",
        [
            {"optimizer": "Adm"},
            {"optimizer": {"Adam": {"lrr": 1}}},
            {"optimizer": {"Adam": {"lr": "x"}}},
            {"optimizer": {"Adam": {}, "SGD": {}}},
            {"scheduler": "StepLR"},
            {"epoch": 1},
            {"average": "SWA"},
            {"clip_grad_norm": 0.0},
            {"data": {"dataset": "mnist"}},
            augmented("RandomRotation"),
            augmented({"RandomErasing": [0.1, [0, 1], [1, 1], 0, 0]}),
        ],
        ids=str,
    )
    def test_refuses_what_the_section_refuses(self, change: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            Train.model_validate(GOOD | change)
        assert not jsonschema.Draft202012Validator(self.SCHEMA).is_valid(GOOD | change)

    def test_describes_every_word_and_keyword(self) -> None:
        text = json.dumps(self.SCHEMA)
        for vocabulary in (OPTIMIZERS, SCHEDULERS, AUGMENTATIONS, AVERAGES):
            for name in vocabulary.words:
                model = vocabulary.model(name)
                assert f'"{name}": {{"anyOf"' in text
                for key, field in model.model_fields.items():
                    assert field.description, f"{name}.{key}"


def test_no_torch_numpy_or_rich_is_loaded() -> None:
    code = (
        "import sys; from netspec.language.training import Train;"
        f"Train.model_validate({GOOD!r});"
        "print([name for name in ('torch', 'numpy', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_manual_has_every_key() -> None:
    manual = (Path(__file__).parents[3] / "specs" / "LANGUAGE.md").read_text()
    rows = manual.partition("## Training")[2]
    assert [key for key in Train.model_fields if f"`{key}`" not in rows] == []
    assert [name for name in AVERAGES.words if name not in rows] == []
