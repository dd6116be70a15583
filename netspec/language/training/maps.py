"""Whether a network gives a class for each pixel, as masks have one."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.diagnostic import Fault

MOST = 255
"""Classes that a mask can tell apart; the number after the last is what is left out."""
LARGER = "at the end would do"

Shape = tuple[int, ...]


def unfit(x: Shape, y: Shape, named: Sequence[str] | None) -> Fault | None:
    """What is wrong with a network from `x` to `y` for masks of classes with these names."""
    if len(x) != 3:
        return _fault(
            f"masks are of images, the network reads {x}",
            "input: [channels, height, width]",
        )
    height, width = x[1:]
    if y[1:] != x[1:]:
        message = f"masks have {height} x {width} pixels, the network gives {y}"
        return _fault(message, _way(x, y, len(named) if named else 0))
    classes = y[0]
    if not 2 <= classes <= MOST:
        message = f"the network gives {classes} class{'es' * (classes != 1)} for each pixel"
        fewer = "2 output channels tell two classes apart"
        return _fault(message, fewer if classes < 2 else f"masks have {MOST} at most")
    if named and len(named) != classes:
        message = f"classes has {len(named)} names, the network gives {classes} for each pixel"
        return Fault("data-mismatch", message, "a name for each output channel", ("classes",))
    return None


def upsampled(x: Shape, y: Shape) -> int:
    """How many times a map has to be larger, 0 where that is no whole number or none is there."""
    if len(y) != 3 or x[1] % y[1] or x[2] % y[2] or x[1] // y[1] != x[2] // y[2]:
        return 0
    return x[1] // y[1]


def upsample(times: int) -> str:
    return f"Upsample: {{scale_factor: {times}, mode: bilinear}}"


def _way(x: Shape, y: Shape, classes: int) -> str:
    if times := upsampled(x, y):
        return f"{upsample(times)} {LARGER}"
    if len(y) == 3:
        return "pad convolutions, so that height and width stay or halve"
    last = f"Conv2d: [{classes or y[0]}, 1]"
    return f"keep the map up to its end, {last} on {x[1]} x {x[2]}, with no Flatten"


def _fault(message: str, hint: str) -> Fault:
    return Fault("data-mismatch", message, hint, ("dataset",))
