"""Effective receptive fields: gradients of centre units, held against exact fields and torch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from command import netspec
from PIL import Image
from torch.autograd.functional import jacobian

from netspec import compile
from netspec.network.build import build
from netspec.runner.after import erf
from netspec.runner.after.erf import Heat
from netspec.runner.after.heat import heat
from netspec.runs.effective import Effective

pytestmark = pytest.mark.usefixtures("one_thread")

ROOT = Path(__file__).parents[3]


def spec(*layers: str, input: str = "[1, 15, 12]") -> str:
    return f"input: {input}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)


NETWORKS = {
    "mnist-8k": (ROOT / "specs" / "mnist-8k.yaml").read_text(),
    "dilated": spec(
        "Conv2d: {out_channels: 3, kernel_size: 3, dilation: 2, padding: 2}",
        "Sigmoid",
        "Conv2d: {out_channels: 2, kernel_size: 3, dilation: 4, padding: 4}",
    ),
    "strided": spec(
        "Conv2d: {out_channels: 3, kernel_size: 3, stride: 2, padding: 1}",
        "BatchNorm2d",
        "Sigmoid",
        "Conv2d: {out_channels: 2, kernel_size: [2, 3], stride: 3, padding: 1, dilation: [5, 1]}",
        "Flatten",
    ),
    "signal": spec(
        "Conv1d: {out_channels: 4, kernel_size: 3, dilation: 3, padding: 3}", input="[2, 20]"
    ),
    "volume": spec("Conv3d: {out_channels: 2, kernel_size: [1, 2, 3]}", input="[1, 4, 5, 6]"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_there_is_no_gradient_outside_of_the_exact_field_and_some_at_each_of_its_pixels(
    name: str,
) -> None:
    plan = compile(text=NETWORKS[name])
    chance = torch.Generator().manual_seed(0)
    x = torch.rand(20, *plan.input, generator=chance)
    for node, found in zip(
        plan.leaves, erf.gradients(build(plan, "cpu"), plan.leaves, lambda: iter([x])), strict=True
    ):
        field, _ = erf.exact(node.output, plan.input[1:])
        assert found.shape == field.shape
        assert not found[~field].any(), node.name
        assert found[field].all(), node.name
    assert name == "mnist-8k" or not field.all()


def test_a_map_is_the_mean_of_the_absolute_gradient_as_torch_has_it() -> None:
    plan = compile(text=spec("Conv2d: [3, 3]", "Tanh", "Conv2d: [1, 3]", input="[2, 9, 7]"))
    network = build(plan, "cpu").double()
    x = torch.rand(5, *plan.input, dtype=torch.float64)
    rows = [jacobian(lambda one: network(one[None])[0, 0, 2, 1], one) for one in x]
    wanted = torch.stack(rows).abs().sum(1).mean(0)
    batches = torch.split(x, 2)
    (found,) = erf.gradients(network, plan.leaves[-1:], lambda: iter(batches))
    assert torch.allclose(found, wanted)


def test_channels_that_sum_up_to_a_constant_do_not_cancel() -> None:
    plan = compile(text=spec("Conv2d: [4, 3]", "Softmax: {dim: 1}"))
    x = torch.rand(20, *plan.input)
    both = erf.gradients(build(plan, "cpu"), plan.leaves, lambda: iter([x]))
    assert both[1].sum() > both[0].sum() / 100


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (NETWORKS["mnist-8k"], ["conv1.2", "trans1.0", "trans1.1", "conv2.2", "trans2.0"]),
        (
            (ROOT / "examples" / "unet.yaml").read_text(),
            ["levels.bottom.6", "levels.up4.5", "levels.up3.5", "levels.up2.5", "1"],
        ),
        (spec("Flatten", "Linear: 4"), ["1"]),
        (spec("Residual: [ReLU]", "Dropout: 0.1", "Flatten", "Linear: 2"), ["0"]),
    ],
)
def test_without_names_the_last_layer_of_each_resolution_is_looked_at(
    text: str, names: list[str]
) -> None:
    chosen = [node.name for node in erf.chosen(compile(text=text), [])]
    assert chosen == names


def test_a_run_tells_and_draws_the_same_each_time(here: Path) -> None:
    picture = here / "runs" / "tiny" / "1" / "erf.png"
    arguments = ("eval", "tiny", "--device", "cpu", "--images", "7", "--format", "json")
    plain = json.loads(netspec(*arguments[:4], *arguments[6:]).out)
    told = []
    for _ in range(2):
        done = netspec(*arguments, "--erf", "--layers", "2, 4")
        assert (done.code, done.err) == (0, "")
        with Image.open(picture) as image:
            told.append((done.out, image.convert("RGB").tobytes()))
        picture.unlink()
    assert told[0] == told[1]
    found = json.loads(told[0][0])
    fields = found.pop("erf")
    assert found == plain
    assert (fields["images"], fields["picture"]) == (7, "runs/tiny/1/erf.png")
    relu, linear = fields["layers"]
    assert (relu["name"], relu["layer"], relu["seen"]) == ("2", "ReLU", [[3, 5], [3, 5]])
    assert (relu["pixels"], linear["pixels"]) == (9, 64)
    assert linear["before"] != linear["after"]
    for when in ("before", "after"):
        assert relu[when]["outside"] == linear[when]["outside"] == 0
        assert [one["share"] for one in linear[when]["within"]] == [0.5, 0.9, 0.99]
        sides = [one["side"] for one in linear[when]["within"]]
        assert sides == sorted(sides)
        assert sides[-1] <= 8


def test_a_table_follows_what_eval_says(here: Path, tmp_path: Path) -> None:
    out = tmp_path / "it.png"
    done = netspec("eval", "shades", "--device", "cpu", "--erf", "--out", str(out))
    lines = done.out.splitlines()
    assert lines[-1] == f"drawn in {out.as_posix()}"
    assert out.is_file()
    assert not (here / "runs" / "shades" / "1" / "erf.png").exists()


def test_what_is_read_through_statistics_is_outside_of_the_field() -> None:
    plan = compile(text=spec("Conv2d: [2, 3]", "InstanceNorm2d"))
    x = torch.rand(3, *plan.input)
    found = erf.gradients(build(plan, "cpu"), plan.leaves, lambda: iter([x]))[1]
    field, _ = erf.exact(plan.leaves[1].output, plan.input[1:])
    assert found[~field].any()
    assert plan.leaves[1].output.global_context


FLAT = "name: flat\ninput: [64]\nlayers: [Linear: 10]\ntrain: {data: {dataset: digits}, epochs: 1, batch_size: 9, optimizer: Adam}\n"  # noqa: E501


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tiny", "--layers", "0"], "--layers and --images are of --erf"),
        (["tiny", "--images", "3"], "--layers and --images are of --erf"),
        (["tiny", "--erf", "--layers", "0,nope"], "tiny has no layer 'nope'"),
        (["tiny", "--erf", "--out", "runs"], "runs is a folder, not a file"),
        (["runs/tiny/1/spec.yaml", "--weights", "runs/tiny/1/best.safetensors", "--erf"],
         "a spec has no folder for the picture of --erf"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_message(here: Path, arguments: list[str], message: str) -> None:
    done = netspec("eval", *arguments, "--device", "cpu")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: {message}\n")


def test_a_network_without_spatial_axes_has_no_receptive_field() -> None:
    with pytest.raises(Exception, match="flat reads 64 numbers in a row: without rows and columns"):
        erf.chosen(compile(text=FLAT), [])


@pytest.mark.parametrize(
    ("lit", "within"),
    [
        ("all", [(5, 13), (5, 23), (5, 25)]),
        ("middle", [(1, 1), (1, 1), (1, 1)]),
        ("corner", [(5, 1), (5, 1), (5, 1)]),
        ("nothing", []),
    ],
)
def test_a_share_is_in_the_smallest_square_around_the_middle_and_in_the_fewest_pixels(
    lit: str, within: list[tuple[int, int]]
) -> None:
    plan = compile(text=spec("Conv2d: [1, 5]", input="[1, 9, 9]"))
    field, middle = erf.exact(plan.leaves[0].output, (9, 9))
    assert middle == [4, 4]
    values = torch.zeros(9, 9, dtype=torch.float64)
    if lit == "all":
        values[2:7, 2:7] = 1
    elif lit != "nothing":
        values[(4, 4) if lit == "middle" else (2, 6)] = 3
    found = erf.spread(values, field, middle)
    assert [one[1:] for one in found.within] == within
    assert found.outside == (None if lit == "nothing" else 0)
    values[0, 0] = values.sum()
    assert erf.spread(values, field, middle).outside == (None if lit == "nothing" else 0.5)


@pytest.mark.parametrize("name", ["signal", "volume", "strided"])
def test_any_number_of_axes_is_drawn(tmp_path: Path, name: str) -> None:
    plan = compile(text=NETWORKS[name])
    node = plan.leaves[0]
    field, middle = erf.exact(node.output, plan.input[1:])
    maps = []
    for values in field.double(), torch.zeros(field.shape):
        told = erf.spread(values, field, middle)
        about = Effective("$x_", "犬", (), [], node.output.seen, 9, False, told, told)
        maps.append(Heat(about, middle, values, values))
    heat(tmp_path / "a.png", "$ odd _ title", maps)
    with Image.open(tmp_path / "a.png") as image:
        assert min(image.size) > 300
