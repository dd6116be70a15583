"""What to say of a layer that netspec does not have."""

from collections.abc import Iterable

from netspec.diagnostic import Fault, nearest
from netspec.layers import KINDS, REFUSED


def unknown(kind: str, blocks: Iterable[str]) -> Fault:
    """The fault of an entry that is neither a kind of layer nor one of the spec's `blocks`."""
    known = [*KINDS, *blocks]
    if reason := REFUSED.get(kind):
        why, _, instead = reason.partition("; ")
        return Fault("unknown-layer", f"{kind} {why}", instead or None, key=True)
    if " - " in kind:
        help = "an item below is indented too deep, and YAML joined the two"
    elif kind.partition(":")[0] in known:
        help = "YAML wants a space after the colon"
    else:
        help = nearest(kind, known) or "layers have the names of torch.nn's classes"
    return Fault("unknown-layer", f"no layer or block is called '{kind}'", help, key=True)
