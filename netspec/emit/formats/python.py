"""A file of Python that stands alone: the network as torch's modules, and the few it has not."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

import netspec
from netspec.compiler.node import Node
from netspec.diagnostic import NetspecError
from netspec.emit.classes import HOME, Sources, sources, statements
from netspec.emit.code import Group, Part, lines, literal, remark, text
from netspec.emit.subject import FIRST, Subject, figures
from netspec.layers.base import Leaf
from netspec.network.build import class_of
from netspec.network.modules import Normalize

ROUNDING = 0.0
"""Largest share by which outputs of the file read back may differ from the network's."""
_NORMALIZE = f"{Normalize.__module__}.{Normalize.__name__}"


def write(subject: Subject) -> bytes:
    """The bytes of the file."""
    targets = dict.fromkeys(node.recipe.target for node in subject.plan.root.nodes())
    own = [target for target in targets if _root(target) == HOME]
    made = sources([*own, *([_NORMALIZE] if subject.first else [])])
    body = list(_network(subject))
    if any("OrderedDict(" in line for line in body):
        made.imports.add(("collections", "OrderedDict"))
    made.imports.update((_home(target), "") for target in targets if _qualified(target))
    made.imports.add(("torch", "nn"))
    if made.code:
        made.imports.add(("__future__", "annotations"))
    parts = [*_head(subject, made), *made.code, "\n".join(body)]
    if subject.weights:
        parts.append(_LOAD.strip())
    return ("\n\n\n".join(parts) + "\n").encode()


def read(file: Path, subject: Subject) -> Any:
    """The network that the file makes, run by itself, with its weights."""
    namespace: dict[str, Any] = {"__name__": "network"}
    try:
        exec(compile(file.read_bytes(), "network.py", "exec"), namespace)  # noqa: S102
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise NetspecError(
            f"the network cannot be written as Python: {error}", "nest it less deeply"
        ) from None
    if subject.weights:
        return namespace["load"](subject.weights)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(subject.seed)
        return namespace["network"]().eval()


_LOAD = '''
def load(path: str = "best.safetensors") -> nn.Sequential:
    """The network with the weights of its run, ready to evaluate."""
    from safetensors.torch import load_file

    made = network()
    made.load_state_dict(load_file(path))
    return made.eval()
'''


def _head(subject: Subject, made: Sources) -> Iterator[str]:
    plan = subject.plan
    weights = f"Untrained: its weights are those of torch.manual_seed({subject.seed})."
    if subject.weights:
        weights = "load() gives it with the weights of its run, network() with initial ones."
    # The first two lines can name an encoding, so no words of a spec are in them.
    top = [
        f'"""A network as torch modules, written by netspec {netspec.__version__}.',
        "",
        weights,
        "Comments have the shape after a layer, without the batch, and its receptive field.",
        '"""',
        "",
        f"# name: {remark(plan.name)}",
    ]
    if plan.spec.description:
        top.append(f"# description: {remark(plan.spec.description)}")
    top += [
        f"# input: {subject.input}",
        f"# output: {subject.output}",
        f"# parameters: {plan.totals.params:,}, multiply-accumulates: {plan.totals.macs:,}",
        f"# weights: {remark(subject.state)}",
        "",
        *statements(made.imports),
    ]
    if subject.reads:
        word = "TARGETS" if subject.reads.targets else "CLASSES"
        top += ["", *lines(Part(literal(subject.reads.names), f"{word} = "))]
    yield "\n".join(top)


def _network(subject: Subject) -> Iterator[str]:
    """The function that makes the network, a statement for each of its layers."""
    root = subject.plan.root
    yield "def network() -> nn.Sequential:"
    yield '    """The network with torch\'s initial weights."""'
    if not subject.first and _numbered(root):
        yield from lines(Part(_made(root), "return "), 1)
        return
    yield "    layers: OrderedDict[str, nn.Module] = OrderedDict()"
    if reads := subject.first and subject.reads:
        figures = {"mean": reads.mean, "std": reads.std, "shape": subject.plan.input}
        value = Group.call("Normalize", _arguments(_NORMALIZE, figures))
        yield from lines(Part(value, f"layers[{text(FIRST)}] = "), 1)
    for name, child in _children(root):
        part = _part(child)
        yield from lines(part._replace(lead=f"layers[{text(name)}] = "), 1)
    yield "    return nn.Sequential(layers)"


def _part(node: Node) -> Part:
    comment = figures(node) if isinstance(node.layer, Leaf) else ""
    return Part(_made(node), comment=comment)


def _made(node: Node) -> Group:
    """The call that makes the module of a node."""
    target, arguments = node.recipe
    given = list(_arguments(target, arguments, skipped=not isinstance(node.layer, Leaf)))
    if isinstance(node.layer, Leaf):
        return Group.call(_name(target), given)
    rows = issubclass(class_of(target), nn.Sequential)
    parts = [(name, _part(child)) for name, child in _children(node)]
    if rows and _numbered(node):
        return Group.call(_name(target), [part for _, part in parts])
    named = Group("{", [part._replace(lead=f"{text(name)}: ") for name, part in parts], "}")
    children = Group.call("OrderedDict", [Part(named)]) if rows else named
    return Group.call(_name(target), [Part(children), *given])


def _arguments(target: str, arguments: Any, skipped: bool = False) -> Iterator[Part]:
    """What a class is called with: by position what it cannot be called without, else by name."""
    signature = list(inspect.signature(class_of(target)).parameters.values())[skipped:]
    leading = True
    order = [parameter.name for parameter in signature if parameter.name in arguments]
    needed = {one.name for one in signature if one.default is one.empty}
    for name in [*order, *(name for name in arguments if name not in order)]:
        leading = leading and name in needed and signature[order.index(name)].name == name
        yield Part(literal(arguments[name]), "" if leading else f"{name}=")


def _children(node: Node) -> list[tuple[str, Node]]:
    return [(child.name.rpartition(".")[2], child) for child in node.children]


def _numbered(node: Node) -> bool:
    """Whether children have the names that nn.Sequential gives by itself."""
    return [name for name, _ in _children(node)] == [str(i) for i in range(len(node.children))]


def _name(target: str) -> str:
    """What a class is called in the file."""
    if _root(target) == HOME:
        return target.rpartition(".")[2]
    return target if _qualified(target) else target.removeprefix("torch.")


def _qualified(target: str) -> bool:
    """Whether a class is called by its whole import path."""
    return _root(target) != HOME and _home(target) != "torch.nn"


def _home(target: str) -> str:
    return target.rpartition(".")[0]


def _root(target: str) -> str:
    return target.partition(".")[0]
