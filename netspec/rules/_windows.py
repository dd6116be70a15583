"""How a layer's windows meet its input."""

from functools import lru_cache

from netspec.compiler.node import Node
from netspec.flow.window import Strided
from netspec.layers.base import Leaf
from netspec.layers.roles import Map
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


@lru_cache(maxsize=1024)
def real_taps(window: Strided, n: int) -> tuple[tuple[int, ...], int]:
    """For each tap of a window over `n` positions the units for which it is inside; the units."""
    units, found = window.length(n), []
    for tap in range(window.kernel):
        shift = window.left - tap * window.dilation
        first = max(-(-shift // window.stride), 0)
        last = min((n - 1 + shift) // window.stride, units - 1)
        found.append(max(last - first + 1, 0))
    return tuple(found), units
