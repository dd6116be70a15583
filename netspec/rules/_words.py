"""What findings call things."""

from collections.abc import Sequence

from netspec.compiler.node import Node
from netspec.layers.roles import Dropout


def called(node: Node) -> str:
    """A layer in a message: its place in the built network and its kind."""
    return f"{node.name} ({node.kind})"


def dropout_name(node: Node) -> str:
    """What people call a kind of dropout."""
    samples = isinstance(node.role, Dropout) and node.role.zeroes == "samples"
    return "stochastic depth" if samples else "dropout"


def axis_parts(counts: Sequence[int], sizes: Sequence[int]) -> str:
    """How much of each axis in words, whole axes left out: 12 of 14 rows and columns."""
    axes: dict[tuple[int, int], list[str]] = {}
    for count, n, name in zip(counts, sizes, axis_names(len(sizes)), strict=True):
        if count != n:
            axes.setdefault((count, n), []).append(name)
    return ", ".join(f"{k} of {n} {listing(names)}" for (k, n), names in axes.items())


def listing(words: Sequence[str]) -> str:
    """Words in a row: rows and columns."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def share_text(share: float) -> str:
    """A share of 1 in percent."""
    return f"{100 * share:.3g} %"


def axis_names(rank: int) -> tuple[str, ...]:
    """What the spatial axes are called."""
    return ("slices", "rows", "columns")[3 - rank :] if rank > 1 else ("positions",) * rank
