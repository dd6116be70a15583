"""The shape of a sample that is meant where the one that is written fits no layer."""

from collections.abc import Callable, Iterator
from math import isqrt

from netspec.compiler.findings import Findings
from netspec.diagnostic import Diagnostic, Fault
from netspec.flow.flow import Shape
from netspec.flow.work import LIMIT

SHARE = LIMIT // 8
"""Work for which another shape of the input is tried."""
LEAST_LEFT = LIMIT - SHARE
"""Work that the layers have left where one is tried at all."""
_COLORS = (1, 3, 4)
_MAX_FINDINGS = 20


def explain(
    shape: Shape, findings: Findings, first: int, found: Callable[[Shape], Findings]
) -> None:
    """Blame the input for what goes away with another shape of it, in one finding at its place.

    `found` tries a shape; findings up to `first` are not about the layers.
    """
    here = {_mark(one): one for one in findings.since(first)}
    if not 0 < len(here) <= _MAX_FINDINGS:
        return
    for other, why in meant(shape):
        there = {_mark(one) for one in found(other).all()}
        gone = [one for mark, one in here.items() if mark not in there]
        if gone and here.keys() > there:
            message = f"input {list(shape)} does not fit the layers: {gone[0].message}"
            findings.drop(gone)
            help = f"write [{', '.join(map(str, other))}]: {why}"
            findings.report(Fault("wrong-input", message, help), ("input",))
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
    if len(shape) < 4:
        yield (1, *shape), "one channel has an axis too"
    if len(shape) == 2:
        yield shape[1:], "the batch has no axis"
    if len(shape) == 1:
        for channels in _COLORS:
            side = isqrt(shape[0] // channels)
            if channels * side * side == shape[0] and side > 1:
                yield (channels, side, side), "each axis of an image stands by itself"


def _mark(found: Diagnostic) -> tuple[object, ...]:
    return found.code, found.span, found.message
