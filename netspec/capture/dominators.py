"""What every path from the input to a node goes through, by jumps of powers of two."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.capture.nodes import Node


class Dominators:
    """Of each node the nearest one before it that all of it depends on."""

    def __init__(self, first: Node) -> None:
        self.depth = {first.id: 0}
        self.up: dict[int, list[Node]] = {first.id: []}

    def of(self, node: Node) -> Node:
        """The nearest one before a node."""
        return self.up[node.id][0]

    def below(self, top: Node, node: Node) -> Node:
        """The one straight below `top` on the way to a node."""
        return self._at(node, self.depth[top.id] + 1)

    def add(self, node: Node) -> None:
        """Take a node up, after all that it reads."""
        top = self._common(node.inputs)
        self.depth[node.id] = self.depth[top.id] + 1
        jumps, i = [top], 0
        while i < len(self.up[jumps[i].id]):
            jumps.append(self.up[jumps[i].id][i])
            i += 1
        self.up[node.id] = jumps

    def _common(self, nodes: Sequence[Node]) -> Node:
        """The nearest node that every path to each of `nodes` goes through."""
        found = nodes[0]
        for other in nodes[1:]:
            a, b = found, other
            if self.depth[a.id] < self.depth[b.id]:
                a, b = b, a
            a = self._at(a, self.depth[b.id])
            if a is not b:
                for i in reversed(range(len(self.up[a.id]))):
                    ups = self.up[a.id], self.up[b.id]
                    if i < len(ups[0]) and i < len(ups[1]) and ups[0][i] is not ups[1][i]:
                        a, b = ups[0][i], ups[1][i]
                a = self.up[a.id][0]
            found = a
        return found

    def _at(self, node: Node, depth: int) -> Node:
        """The one of a node's dominators that is so deep."""
        while (above := self.depth[node.id] - depth) > 0:
            node = self.up[node.id][above.bit_length() - 1]
        return node
