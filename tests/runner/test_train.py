"""Training a spec: figures, refusals, and poor surroundings."""

from __future__ import annotations

import resource
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import tiny
import torch
from shades import SHADES, paint
from tiny import CHANCE as SPEC
from tiny import command, figures

from netspec import source
from netspec.diagnostic import SpecError, UsageError
from netspec.runner.train import Result, train

pytestmark = pytest.mark.usefixtures("one_thread")


def run(folder: Path, *changes: tuple[str, str], **more: Any) -> Result:
    return tiny.run(folder, *changes, spec=SPEC, **more)


def test_the_same_seed_gives_bit_identical_figures_and_another_does_not(tmp_path: Path) -> None:
    first, second = run(tmp_path), run(tmp_path)
    assert figures(first) == figures(second)
    weights = [torch.load(r.folder / "last.ckpt", weights_only=True) for r in (first, second)]
    for key, value in weights[0]["state"]["model"].items():
        assert torch.equal(value, weights[1]["state"]["model"][key]), key
    other = run(tmp_path, ("epochs: 2", "epochs: 2\n  seed: 1"))
    assert figures(first)[0] != figures(other)[0]


def test_the_held_back_part_is_named_in_the_lines(tmp_path: Path) -> None:
    out = StringIO()
    run(tmp_path, ("digits,", "digits, val_fraction: 0.2,"), ("epochs: 2", "epochs: 1"), out=out)
    assert "1151 training and 287 val images" in out.getvalue()
    assert "val acc" in out.getvalue()


def test_data_that_does_not_fit_is_said_at_its_place_before_a_folder_is_made(
    tmp_path: Path,
) -> None:
    with pytest.raises(SpecError) as caught:
        run(tmp_path, ("Linear: 10", "Linear: 9"))
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert (found.code, found.span.line) == ("data-mismatch", 11)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("images", [1, 2])
@pytest.mark.parametrize("batch_size", [1, 8])
@pytest.mark.parametrize("norm", ["BatchNorm1d", "LayerNorm: 3"])
def test_a_norm_over_one_value_is_an_error_at_its_place_where_a_batch_has_one_sample(
    tmp_path: Path, images: int, batch_size: int, norm: str
) -> None:
    names = ["dark", "grey"][:images]
    for name in names:
        for part in ("train", "test"):
            paint(tmp_path / "data" / "shades" / part / name / "0.png", SHADES[name])
    text = (
        f"input: [3, 6, 6]\nlayers:\n- Flatten\n- Linear: 3\n- {norm}\n- Linear: {images}\n"
        "train:\n  data: {dataset: folder, path: shades}\n"
        f"  batch_size: {batch_size}\n  epochs: 1\n  optimizer: Adam\n"
    )
    if "Batch" not in norm or min(images, batch_size) > 1:
        assert tiny.run(tmp_path, spec=text).rows
        return
    with pytest.raises(SpecError) as caught:
        tiny.run(tmp_path, spec=text)
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert (found.code, found.span.line) == ("norm-over-one-value", 5)
    assert not (tmp_path / "runs").exists()


def test_a_spec_that_says_nothing_of_training_is_refused(tmp_path: Path) -> None:
    spec = source.parse(SPEC.partition("train:")[0], "tiny.yaml")
    with pytest.raises(UsageError, match="does not say how to train"):
        train(spec, tmp_path)


def test_a_network_without_weights_is_refused_before_a_folder_is_made(tmp_path: Path) -> None:
    pool = "  - AdaptiveAvgPool2d: {output_size: [2, 5]}\n  - Flatten\n"
    text = SPEC[: SPEC.index("  - Conv2d")] + pool + SPEC[SPEC.index("train:") :]
    with pytest.raises(UsageError, match="no layer has weights"):
        train(source.parse(text, "tiny.yaml"), tmp_path, "cpu", tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("limit", [12, 32])
def test_few_descriptors_are_enough_or_one_line(tmp_path: Path, limit: int) -> None:
    (tmp_path / "tiny.yaml").write_text(SPEC)
    done = command(
        "train", "tiny.yaml", "--device", "cpu", cwd=tmp_path,
        before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode in (0, 3)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("home", ["", "/nowhere/at/all", "/dev/null"])
def test_no_home_is_no_matter(tmp_path: Path, home: str) -> None:
    (tmp_path / "tiny.yaml").write_text(SPEC)
    done = command("train", "tiny.yaml", "--device", "cpu", cwd=tmp_path, HOME=home)
    assert (done.returncode, done.stderr) == (0, "")
