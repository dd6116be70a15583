"""What follows what: the network as chains of layers, none of whose outputs is read elsewhere."""

from collections.abc import Iterable

from netspec.compiler.node import Node
from netspec.layers.roles import Dropout, Group, Identity

Chain = list[Node]


def chains(root: Node) -> list[Chain]:
    """Every chain of a network, from its input to its output first.

    A composite with paths of its own is one link; each of its paths is a chain again. What only
    names a place or a group is left out, and dropout that drops nothing.
    """
    found: list[Chain] = [[]]
    _follow([root], found[0], found)
    return found


def _follow(nodes: Iterable[Node], chain: Chain, found: list[Chain]) -> None:
    for node in nodes:
        match node.role:
            case Group():
                _follow(node.children, chain, found)
            case Identity():
                continue
            case Dropout() if node.passes():
                continue
            case _:
                chain.append(node)
                for path in node.children:
                    found.append([])
                    _follow([path], found[-1], found)
