"""What `train:` says of parts and classes, against those that there are."""

from collections.abc import Iterator

from netspec.compiler.node import Node
from netspec.diagnostic import Fault, Path, listed, nearest
from netspec.language.training import Train
from netspec.language.training.parts import covers


def faults(root: Node, train: Train) -> Iterator[Fault]:
    """What does not go with the network in freeze, groups and loss, at its place below train."""
    given = train.loss.arguments if train.loss else {}
    for key, weight in given.items():
        if train.loss and isinstance(weight, list) and len(weight) != root.output.shape[0]:
            every = "labels" if train.loss.traits.targets == "labels" else "classes"
            message = f"{len(weight)} weights of {every}, the network gives {root.output.shape[0]}"
            yield Fault("wrong-length", message, None, ("loss", train.loss.name, key))
    if not train.freeze and not train.groups:
        return
    nodes = {node.name: node for node in root.nodes() if node.name}
    wrong = False
    for name, at in _named(train):
        fault = _fault(name, at, nodes)
        wrong = wrong or fault is not None
        if fault:
            yield fault
        elif at[0] == "groups":
            for frozen in train.freeze:
                if covers(frozen, name):
                    message = f"{name} is frozen{'' if frozen == name else f', with {frozen}'}"
                    yield Fault("idle-part", message, "take it out of freeze or of groups", at)
    left = [
        leaf
        for leaf in root.leaves()
        if leaf.params and not any(covers(part, leaf.name) for part in train.freeze)
    ]
    if not left and not wrong:
        yield Fault("idle-part", "every layer with weights is frozen", "leave one out", ("freeze",))


def _named(train: Train) -> Iterator[tuple[str, Path]]:
    yield from ((name, ("freeze", index)) for index, name in enumerate(train.freeze))
    yield from ((name, ("groups", name)) for name in train.groups)


def _fault(name: str, at: Path, nodes: dict[str, Node]) -> Fault | None:
    key = at[0] == "groups"
    if name not in nodes:
        known = [one for one in nodes if "." not in one]
        help = nearest(name, nodes) or listed(known)
        return Fault("unknown-part", f"no layer is called '{name}'", help, at, key=key)
    if not nodes[name].params:
        message = f"{name} ({nodes[name].kind}) has no weights"
        return Fault("idle-part", message, "take it out", at, key=key)
    return None
