"""What follows what: the network as chains of layers, none of whose outputs is read elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from math import prod

from netspec.compiler.plan import Node, Plan
from netspec.rules._kinds import is_pool

Chain = list[Node]

_last: list[tuple[Plan, list[Chain]]] = []


def chains(plan: Plan) -> list[Chain]:
    """Every chain of the network, from its input to its output first.

    A composite with paths of its own is one link; each of its paths is a chain again. What only
    names a place or a group is left out.
    """
    if not _last or _last[0][0] is not plan:
        found: list[Chain] = [[]]
        _follow([plan.root], found[0], found)
        _last[:] = [(plan, found)]
    return _last[0][1]


def _follow(nodes: Iterable[Node], chain: Chain, found: list[Chain]) -> None:
    for node in nodes:
        if node.kind == "Sequential":
            _follow(node.children, chain, found)
        elif node.kind != "Identity":
            chain.append(node)
            for path in node.children:
                found.append([])
                _follow([path], found[-1], found)


def walk(node: Node) -> Iterator[Node]:
    """A node and everything in it."""
    yield node
    for child in node.children:
        yield from walk(child)


def is_global_pool(node: Node) -> bool:
    """Whether it reads its whole input of several positions and leaves one."""
    if not is_pool(node) or prod(node.output.shape[1:]) > 1 or prod(node.input.shape[1:]) == 1:
        return False
    pairs = zip(node.input.axes, node.output.axes, strict=True)
    return all(after.units == before.units.whole(1) for before, after in pairs)


def called(node: Node) -> str:
    """A layer in a message: its place in the built network and its kind."""
    return f"{node.name} ({node.kind})"


def parts(counts: Sequence[int], sizes: Sequence[int]) -> str:
    """How much of each axis in words, whole axes left out: 12 of 14 rows and columns."""
    axes: dict[tuple[int, int], list[str]] = {}
    for count, n, name in zip(counts, sizes, axis_names(len(sizes)), strict=True):
        if count != n:
            axes.setdefault((count, n), []).append(name)
    return ", ".join(f"{k} of {n} {listing(names)}" for (k, n), names in axes.items())


def listing(words: Sequence[str]) -> str:
    """Words in a row: rows and columns."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def axis_names(rank: int) -> tuple[str, ...]:
    """What the spatial axes are called."""
    return ("slices", "rows", "columns")[3 - rank :] if rank > 1 else ("positions",) * rank
