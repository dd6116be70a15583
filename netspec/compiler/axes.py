"""The shape of a sample that is meant where the one that is written fits no layer."""

from collections.abc import Callable, Iterator
from math import isqrt

from netspec.compiler.findings import Findings
from netspec.diagnostic import Change, Diagnostic, Way
from netspec.flow.flow import Shape
from netspec.flow.work import LIMIT

SHARE = LIMIT // 8
"""Work for which another shape of the input is tried."""
LEAST_LEFT = LIMIT - SHARE
"""Work that the layers have left where one is tried at all."""
_COLORS = (1, 3, 4)
_SMALLEST = 8
_MAX_FINDINGS = 20


def explain(
    shape: Shape, findings: Findings, first: int, found: Callable[[Shape], Findings]
) -> None:
    """Say which shape of the input is meant at what is only wrong because of it.

    `found` tries a shape; findings up to `first` are not about the layers.
    """
    here = findings.since(first)
    if not 0 < len(here) <= _MAX_FINDINGS:
        return
    for other, why in meant(shape):
        there = {_mark(one) for one in found(other).all()}
        gone = [one for one in here if _mark(one) not in there]
        if gone and there < set(map(_mark, here)):
            change = Change("replace", new=list(other), safe=False)
            help = Way(f"write input: [{', '.join(map(str, other))}], {why}", change)
            for one in gone:
                findings.amend(one, help, ("input",))
            return


def meant(shape: Shape) -> Iterator[tuple[Shape, str]]:
    """Shapes that are often meant by one, each with what is to be known about it."""
    match shape:
        case (height, width, channels) if channels in _COLORS and min(height, width) > channels:
            yield (channels, height, width), "channels come first, as in torch"
        case (_, height, width, channels) if channels in _COLORS and width > channels:
            yield (channels, height, width), "channels come first, and the batch has no axis"
            yield (height, width, channels), "the batch has no axis"
        case (_, *sample) if len(sample) > 1:
            yield tuple(sample), "the batch has no axis"
    if len(shape) == 2:
        yield (1, *shape), "one channel has an axis too"
        yield shape[1:], "the batch has no axis"
    if len(shape) == 1:
        for channels in _COLORS:
            side = isqrt(shape[0] // channels)
            if channels * side * side == shape[0] and side >= _SMALLEST:
                yield (channels, side, side), "each axis of an image stands by itself"


def _mark(found: Diagnostic) -> tuple[object, ...]:
    return found.code, found.span, found.message
