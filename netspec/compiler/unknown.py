"""What to say of a layer that netspec does not have."""

from collections.abc import Iterable
from typing import Any

from netspec.diagnostic import Fault, Follows, nearest
from netspec.layers import KINDS, REFUSED


def unknown(kind: str, value: Any, blocks: Iterable[str], rank: int) -> Fault:
    """The fault of an entry that is neither a kind of layer nor one of the spec's `blocks`.

    `value` is what stands behind it, and `rank` the number of spatial axes of the input.
    """
    from netspec.compiler.guess import of_layer
    from netspec.layers import words

    known = [*KINDS, *blocks]
    if "" in known and kind[:1].islower() and kind.isidentifier():
        return Follows()
    if reason := REFUSED.get(kind.rpartition(".")[2]):
        why, _, instead = reason.partition("; ")
        return Fault("unknown-layer", f"{kind} {why}", instead or None, key=True)
    if help := of_layer(kind, value, known, rank):
        pass
    elif " - " in kind:
        help = "an item below is indented too deep, and YAML joined the two"
    else:
        help = (
            words.of_no_layer(kind, rank)
            or nearest(kind, known)
            or "layers have the names of torch.nn's classes"
        )
    return Fault("unknown-layer", f"no layer or block is called '{kind}'", help, key=True)
