"""What autograd keeps of a layer for the backward pass."""

from typing import NamedTuple


class Saved(NamedTuple):
    """Tensors that the backward pass needs; weights and buffers are not among them."""

    input: bool = False
    output: bool = False
    sample: int = 0
    """Bytes beside the two, for each sample."""
    batch: int = 0
    """Bytes beside them, once for a batch."""


NOTHING = Saved()
INPUT = Saved(input=True)
OUTPUT = Saved(output=True)
