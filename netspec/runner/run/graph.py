"""A network as TensorBoard draws it, from its plan: nothing is traced."""

from __future__ import annotations

from typing import Any

from tensorboardX.proto.graph_pb2 import GraphDef

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.flow.flow import Shape
from netspec.layers.base import Leaf
from netspec.layers.graph import INPUT, Graph
from netspec.layers.roles import Join


def graph(plan: Plan) -> Any:
    """Its layers, each with what it reads, its parameters, and what comes out for one sample."""
    found = GraphDef()
    _follow(found, plan.root, [_add(found, INPUT, INPUT, [], plan.input)])
    return found


def _follow(found: Any, node: Node, reads: list[str]) -> list[str]:
    """Add what is in a layer that reads these; the names of what comes out of it."""
    shape = node.output.shape
    if isinstance(node.layer, Leaf):
        return [_add(found, node.name, node.kind, reads, shape, node.params)]
    if isinstance(node.layer, Graph):
        outputs = {INPUT: reads}
        for child, (name, wire) in zip(node.children, node.layer.wires.items(), strict=True):
            several = [one for source in wire.reads for one in outputs[source]]
            if wire.join:
                join = f"{child.name}.{wire.join}"
                several = [_add(found, join, wire.join, several, child.input.shape)]
            outputs[name] = _follow(found, child, several)
        return outputs[name]
    if isinstance(node.role, Join):
        ends = [end for child in node.children for end in _follow(found, child, reads)]
        if len(node.children) == 1:  # what comes out of it is joined with what goes in
            ends += reads
        return [_add(found, f"{node.name}.{node.role.by}", node.role.by, ends, shape)]
    for child in node.children:
        reads = _follow(found, child, reads)
    return reads


def _add(found: Any, name: str, kind: str, reads: list[str], shape: Shape, params: int = 0) -> str:
    """The name under which it stands there: parts in each other fold."""
    node = found.node.add()
    node.name, node.op = name.replace(".", "/"), kind
    node.input.extend(reads)
    sizes = node.attr["_output_shapes"].list.shape.add()
    for size in (-1, *shape):
        sizes.dim.add().size = size
    if params:
        node.attr["parameters"].i = params
    return str(node.name)
