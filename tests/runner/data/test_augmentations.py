"""Batched augmentations against torchvision's functions, sample by sample."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Generator, Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn import functional
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as tv
from waits import Drawn, Waits

from netspec.diagnostic import Fault
from netspec.language.training import AUGMENTATIONS as VOCABULARY
from netspec.runner.data import augmentations as functions
from netspec.runner.data.augment import augmenter
from netspec.runner.together.chance import Chance

N, SHAPE = 24, (3, 13, 17)
MODES = {"nearest": InterpolationMode.NEAREST, "bilinear": InterpolationMode.BILINEAR}


@pytest.fixture
def x() -> Tensor:
    return torch.rand(N, *SHAPE, generator=Generator().manual_seed(7), dtype=torch.float64)


def chance(seed: int = 3, whole: int = N, part: slice = slice(None)) -> Chance:
    return Chance(Generator().manual_seed(seed), whole, part)


def run(x: Tensor, written: Any, seed: int = 3) -> Tensor:
    part = VOCABULARY.read(written)
    change: Callable[..., Tensor] = getattr(functions, part.name)
    return change(x, chance(seed), **part.arguments)


def each(x: Tensor, one: Callable[..., Tensor], *drawn: Tensor) -> Tensor:
    values = zip(*(values.flatten().tolist() for values in drawn), strict=True)
    return torch.stack([one(sample, *of) for sample, of in zip(x, values, strict=True)])


def assert_same(ours: Tensor, theirs: Tensor, interpolation: str = "") -> None:
    assert ours.shape == theirs.shape
    different = (ours - theirs).abs() > 1e-5
    # torchvision works its matrix out in another order, so a tie between two pixels can flip.
    assert different.double().mean() <= (1e-3 if interpolation == "nearest" else 0)


@pytest.mark.parametrize("fill", [0, 0.3])
@pytest.mark.parametrize("interpolation", MODES)
def test_rotation_is_torchvisions(x: Tensor, interpolation: str, fill: float) -> None:
    ours = run(x, {"RandomRotation": [[-40, 70], interpolation, fill]})
    angles = functions._uniform(x, chance(), -40, 70)
    assert angles.unique().numel() == N
    theirs = each(x, lambda s, a: tv.rotate(s, a, MODES[interpolation], fill=[fill] * 3), angles)
    assert_same(ours, theirs, interpolation)


@pytest.mark.parametrize("fill", [0, 0.3])
@pytest.mark.parametrize("interpolation", MODES)
@pytest.mark.parametrize(
    "arguments",
    [
        {"degrees": 20},
        {"degrees": 0, "translate": [0.3, 0.2]},
        {"degrees": 0, "scale": [0.6, 1.5]},
        {"degrees": 0, "shear": 15},
        {"degrees": [5, 30], "translate": [0.1, 0.3], "scale": [0.8, 1.2], "shear": [0, 9, -8, 8]},
    ],
    ids="-".join,
)
def test_affine_is_torchvisions(
    x: Tensor, arguments: dict[str, Any], interpolation: str, fill: float
) -> None:
    written = {**arguments, "interpolation": interpolation, "fill": fill}
    ours = run(x, {"RandomAffine": written})
    part, g = VOCABULARY.read({"RandomAffine": written}).arguments, chance()
    across, down = part["translate"] or (0, 0)
    lean = (*(part["shear"] or ()), 0, 0, 0, 0)[:4]
    drawn = [
        functions._uniform(x, g, *part["degrees"]),
        functions._uniform(x, g, -across * SHAPE[2], across * SHAPE[2]).round(),
        functions._uniform(x, g, -down * SHAPE[1], down * SHAPE[1]).round(),
        functions._uniform(x, g, *(part["scale"] or (1, 1))),
        functions._uniform(x, g, *lean[:2]),
        functions._uniform(x, g, *lean[2:]),
    ]
    theirs = each(
        x,
        lambda s, a, i, j, z, sx, sy: tv.affine(
            s, a, [int(i), int(j)], z, [sx, sy], MODES[interpolation], fill=[fill] * 3
        ),
        *drawn,
    )
    assert_same(ours, theirs, interpolation)


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect"])
def test_crop_is_torchvisions(x: Tensor, mode: str) -> None:
    fill = 0.4 if mode == "constant" else 0
    ours = run(x, {"RandomCrop": {"padding": 4, "padding_mode": mode, "fill": fill}})
    g = chance()
    top, left = functions._integers(g, 9), functions._integers(g, 9)
    assert (int(top.min()), int(top.max())) == (0, 8)
    theirs = each(
        x,
        lambda s, i, j: tv.crop(tv.pad(s, [4], fill=fill, padding_mode=mode), i, j, *SHAPE[1:]),
        top,
        left,
    )
    assert_same(ours, theirs)


@pytest.mark.parametrize(
    ("scale", "ratio"), [((0.1, 1), (0.5, 2)), ((1, 1), (0.3, 0.5)), ((1, 1), (2, 3))]
)
def test_resized_crop_is_torchvisions(
    x: Tensor, scale: tuple[float, float], ratio: tuple[float, float]
) -> None:
    ours = run(x, {"RandomResizedCrop": {"scale": list(scale), "ratio": list(ratio)}})
    g, (height, width) = chance(), SHAPE[1:]
    h, w, found = functions._rectangles(x, g, scale, ratio, (height, width))
    if scale == (1, 1):  # nothing fits: the largest allowed piece in the middle
        assert not found.any()
        h[:] = round(width / ratio[0]) if width / height < ratio[0] else height
        w[:] = round(height * ratio[1]) if width / height > ratio[1] else width
        top, left = (height - h) // 2, (width - w) // 2
    else:
        assert found.all()
        top, left = functions._integers(g, height - h + 1), functions._integers(g, width - w + 1)
    theirs = each(
        x, lambda s, *box: tv.resized_crop(s, *box, [height, width], antialias=True),
        top, left, h, w,
    )  # fmt: skip
    assert_same(ours, theirs)


def test_erasing_is_torchvisions(x: Tensor) -> None:
    ours = run(x, {"RandomErasing": {"p": 0.7, "value": 0.5}})
    g, (height, width) = chance(), SHAPE[1:]
    h, w, found = functions._rectangles(x, g, (0.02, 0.33), (1 / 3.3, 1 / 0.3), (12, 16))
    happens = functions._happens(g, 0.7).flatten() & found
    assert happens.any()
    assert not happens.all()
    top, left = functions._integers(g, height - h + 1), functions._integers(g, width - w + 1)
    value = torch.tensor(0.5, dtype=torch.float64)
    theirs = each(
        x,
        lambda s, now, *box: tv.erase(s, *box, value) if now else s,
        happens, top, left, h, w,
    )  # fmt: skip
    assert_same(ours, theirs)


@pytest.mark.parametrize(
    ("name", "function"),
    [("RandomHorizontalFlip", tv.horizontal_flip), ("RandomVerticalFlip", tv.vertical_flip)],
)
def test_flips_are_torchvisions(x: Tensor, name: str, function: Callable[..., Tensor]) -> None:
    happens = functions._happens(chance(), 0.5)
    assert 0 < int(happens.sum()) < N
    theirs = each(x, lambda s, now: function(s) if now else s, happens)
    assert_same(run(x, name), theirs)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("brightness", tv.adjust_brightness),
        ("contrast", tv.adjust_contrast),
        ("saturation", tv.adjust_saturation),
    ],
)
def test_color_jitter_is_torchvisions(
    x: Tensor, name: str, function: Callable[..., Tensor], channels: int
) -> None:
    x = x[:, :channels]
    factors = functions._uniform(x, chance(), 0.2, 1.8)
    assert_same(run(x, {"ColorJitter": {name: 0.8}}), each(x, function, factors))


def test_hue_is_torchvisions(x: Tensor) -> None:
    x[0], x[1, :, :4] = x[0, :1], torch.tensor([1.0, 0, 0], dtype=x.dtype)[:, None, None]
    turns = functions._uniform(x, chance(), -0.5, 0.5)
    assert_same(run(x, {"ColorJitter": {"hue": 0.5}}), each(x, tv.adjust_hue, turns))
    assert torch.equal(run(x[:, :1], {"ColorJitter": {"hue": 0.5}}), x[:, :1])


def test_taking_colour_out_is_torchvisions(x: Tensor) -> None:
    happens = functions._happens(chance(), 0.4)
    assert 0 < int(happens.sum()) < N
    theirs = each(x, lambda s, now: tv.rgb_to_grayscale(s, 3) if now else s, happens)
    assert_same(run(x, {"RandomGrayscale": 0.4}), theirs)
    assert torch.equal(run(x[:, :1], {"RandomGrayscale": 0.4}), x[:, :1])


SOME: dict[str, Any] = {
    "RandomRotation": 20, "RandomAffine": [5, [0.2, 0.2]], "RandomCrop": {"padding": 3},
    "ColorJitter": [0.3, 0.3, 0.3, 0.1],
}  # fmt: skip
"""Arguments of those that need some, or change nothing without."""
ALL = [{name: SOME.get(name)} for name in VOCABULARY.words]


@pytest.mark.parametrize("written", ALL, ids=str)
def test_every_sample_has_a_draw_of_its_own_that_the_seed_decides(written: Any) -> None:
    x = torch.rand(1, *SHAPE).expand(N, *SHAPE)
    change = augmenter([VOCABULARY.read(written)], SHAPE)
    y = change(x, chance())
    assert y.shape == x.shape
    assert len(y.unique(dim=0)) > 1
    assert torch.equal(y, change(x, chance()))
    assert not torch.equal(y, change(x, chance(4)))


@pytest.mark.parametrize("cuts", [(0, 5, N), (0, 0, 7, N)], ids=["two", "one-is-empty"])
def test_parts_of_a_batch_are_changed_as_the_batch_is(x: Tensor, cuts: tuple[int, ...]) -> None:
    change = augmenter([VOCABULARY.read(written) for written in ALL], SHAPE)
    parts = [slice(*cut) for cut in itertools.pairwise(cuts)]
    changed = [change(x[part], chance(part=part)) for part in parts]
    assert torch.equal(torch.cat(changed), change(x, chance()))


@pytest.mark.parametrize("name", VOCABULARY.words)
def test_every_word_has_a_function_that_takes_its_arguments(name: str) -> None:
    found = inspect.signature(getattr(functions, name)).parameters
    assert [*found] == ["x", "chance", *inspect.signature(VOCABULARY.words[name]).parameters]


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ({"RandomCrop": 12}, "size"),
        ({"RandomCrop": {"padding": 13, "padding_mode": "reflect"}}, "padding"),
        ({"RandomErasing": {"value": -1e39}}, "value"),
    ],
    ids=str,
)
def test_what_does_not_fit_the_images_is_refused(written: Any, at: str) -> None:
    with pytest.raises(Fault) as caught:
        augmenter([VOCABULARY.read("RandomErasing"), VOCABULARY.read(written)], SHAPE)
    assert caught.value.at == ("augment", 1, next(iter(written)), at)


EVERY = [
    {"RandomRotation": 7},
    {"RandomAffine": {"degrees": 5, "translate": [0.1, 0.1], "scale": [0.9, 1.1], "shear": 3}},
    {"RandomCrop": {"padding": 2}},
    "RandomResizedCrop",
    "RandomErasing",
    "RandomHorizontalFlip",
    "RandomVerticalFlip",
    {"ColorJitter": {"brightness": 0.2, "contrast": 0.2, "saturation": 0.2, "hue": 0.1}},
    "RandomGrayscale",
]


def test_every_augmentation_is_tried_for_waiting() -> None:
    assert {name if isinstance(name, str) else next(iter(name)) for name in EVERY} == {
        *VOCABULARY.words
    }


@pytest.mark.parametrize("written", EVERY, ids=str)
def test_no_augmentation_makes_a_gpu_wait(written: Any) -> None:
    part = VOCABULARY.read(written)
    change: Callable[..., Tensor] = getattr(functions, part.name)
    with FakeTensorMode(), Waits():
        x = torch.rand(N, *SHAPE, device="cuda")
        y = change(x, Drawn(Generator(), N, slice(None)), **part.arguments)
    assert (y.shape, y.device.type) == (x.shape, "cuda")


MOVES = [
    {"RandomRotation": [[-40, 70]]},
    {"RandomAffine": [20, [0.3, 0.2], [0.6, 1.5], 15]},
    {"RandomCrop": {"padding": 4}},
    {"RandomCrop": {"padding": 4, "padding_mode": "reflect"}},
    {"RandomResizedCrop": {"scale": [0.2, 1]}},
    "RandomHorizontalFlip",
    "RandomVerticalFlip",
]


def test_every_augmentation_that_moves_pixels_is_tried_on_masks() -> None:
    names = {name if isinstance(name, str) else next(iter(name)) for name in MOVES}
    assert names == {name for name, traits in VOCABULARY.traits.items() if traits.moves}


@pytest.mark.parametrize("written", MOVES, ids=str)
def test_a_mask_is_moved_as_an_image_of_it_is(written: Any) -> None:
    mask = torch.randint(0, 21, (N, *SHAPE[1:]), generator=Generator().manual_seed(1)).byte()
    choice = VOCABULARY.read(written)
    near = {"interpolation": "nearest", "fill": 1.0}
    there = {key: value for key, value in near.items() if key in choice.arguments}
    choice = choice._replace(arguments={**choice.arguments, **there})
    image = mask[:, None] / 255
    moved, moved_mask = augmenter([choice], SHAPE).both(image, mask, chance())
    assert not torch.equal(moved_mask, mask)
    assert torch.equal((moved[:, 0] * 255).round().byte(), moved_mask)


@pytest.mark.parametrize("written", MOVES, ids=str)
def test_a_mask_is_where_its_image_is_that_is_moved_smoothly(written: Any) -> None:
    rows, columns = torch.arange(52) // 13, torch.arange(68) // 17
    mask = (rows[:, None] + 4 * columns).byte().expand(N, -1, -1)
    image = functional.one_hot(mask.long(), 16).movedim(-1, 1).float()
    choice = VOCABULARY.read(written)
    if "interpolation" in choice.arguments:
        choice.arguments["interpolation"] = "bilinear"
    changes = augmenter([choice, VOCABULARY.read({"RandomErasing": {"value": 0}})], (16, 52, 68))
    moved, moved_mask = changes.both(image, mask, chance())
    sure = (moved_mask < 16) & (moved.amax(1) > 0.6)
    assert sure.float().mean() > 0.3
    # The parts that are erased, and edges where no class has most of a pixel, are not sure.
    assert torch.equal(moved.argmax(1)[sure], moved_mask[sure].long())


def test_colours_are_changed_of_images_alone_and_draws_are_those_of_images_alone() -> None:
    mask = torch.randint(0, 3, (N, *SHAPE[1:])).byte()
    x = torch.rand(N, *SHAPE)
    still = [one for one in ALL if not VOCABULARY.traits[next(iter(one))].moves]
    assert torch.equal(
        augmenter([*map(VOCABULARY.read, still)], SHAPE).both(x, mask, chance())[1], mask
    )
    change = augmenter([*map(VOCABULARY.read, ALL)], SHAPE)
    assert torch.equal(change.both(x, mask, chance())[0], change(x, chance()))


def test_masks_make_no_gpu_wait() -> None:
    change = augmenter([*map(VOCABULARY.read, EVERY)], SHAPE)
    with FakeTensorMode(), Waits():
        x = torch.rand(N, *SHAPE, device="cuda")
        masks = torch.zeros(N, *SHAPE[1:], device="cuda", dtype=torch.uint8)
        _, moved = change.both(x, masks, Drawn(Generator(), N, slice(None)))
    assert (moved.shape, moved.dtype, moved.device.type) == (masks.shape, torch.uint8, "cuda")


def test_a_number_sent_to_a_gpu_or_read_from_it_is_noticed() -> None:
    with FakeTensorMode(), Waits():
        x = torch.rand(N, device="cuda")
        with pytest.raises(AssertionError):
            torch.tensor((1.0, 2.0), device="cuda")
        with pytest.raises(AssertionError):
            float(x.sum())
