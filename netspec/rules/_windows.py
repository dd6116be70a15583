"""How a layer's windows meet its input."""

from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from netspec.compiler.node import Node
from netspec.flow.window import Strided, Wrapped
from netspec.layers.base import Leaf
from netspec.layers.roles import Map, Pad
from netspec.rules._layer import argument


def strided(node: Node) -> list[Strided]:
    """The sliding window of each spatial axis; none where it does not read by such windows."""
    if not isinstance(node.layer, Leaf):
        return []
    windows = node.layer.windows(node.input.shape)
    sliding = [window for window in windows if isinstance(window, Strided)]
    return sliding if len(sliding) == len(windows) else []


def padded(node: Node) -> list[Strided]:
    """The sliding windows of a convolution that reads zeros beyond its input; none for others."""
    padding = argument(node, "padding", ()) if isinstance(node.role, Map) else ()
    if not any(padding) or argument(node, "padding_mode", "zeros") != "zeros":
        return []
    return strided(node)


def one_sided(node: Node, axis: int) -> bool:
    """Whether it pads or crops one side of spatial axis `axis` of the input more than the other."""
    if not isinstance(node.role, Pad) or not isinstance(node.layer, Leaf):
        return False
    along = node.input.axes[axis].along
    window = along and node.layer.windows(node.input.shape)[along - 1]
    return isinstance(window, Strided | Wrapped) and window.left != window.right


class Taps(NamedTuple):
    """How often the taps of a window fall on the axis it slides over."""

    alive: int
    """Taps that are on the axis for any unit."""
    inside: int
    """Taps that are on the axis, over all units."""
    units: int


@lru_cache(maxsize=1024)
def real_taps(window: Strided, n: int) -> Taps:
    """How often the taps of a window over `n` positions are not on padding."""
    units = window.length(n)
    begin, end = window.inner(n)
    inside = (end - begin) * window.kernel
    alive, known = window.kernel if end > begin else 0, window.kernel
    for o in chain(range(begin), range(end, units)):
        first = window.taps(o).start
        low = max(-(first // window.dilation), 0)
        high = min((n - 1 - first) // window.dilation + 1, window.kernel)
        inside += max(high - low, 0)
        # From unit to unit the taps on the axis move to the front.
        alive += max(min(high, known) - low, 0) if end == begin else 0
        known = min(known, low) if high > low else known
    return Taps(alive, inside, units)
