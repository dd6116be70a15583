"""What vision transformers are made of beside other layers."""

from typing import ClassVar

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Strided, Whole, Window
from netspec.layers import roles
from netspec.layers.arguments import PositiveInt, Probability
from netspec.layers.base import Leaf, Value, shape_text
from netspec.layers.saved import NOTHING, Saved

_MODULES = "netspec.network.attention"


class _OfTokens(Leaf):
    """A layer over positions that each have one vector."""

    module: ClassVar[str] = _MODULES
    infers = "embed_dim", 0

    def _needs_tokens(self, x: Shape) -> None:
        if len(x) != 2:
            hint = "Flatten: 2 and then Permute: [1, 0] make it of a map" if len(x) > 2 else None
            message = f"{self.kind} takes (L, E), positions first, not {shape_text(x)}"
            raise Fault("wrong-rank", message, hint)

    def inferred(self, x: Shape) -> dict[str, Value]:
        return {"embed_dim": x[-1]}


class SelfAttention(_OfTokens, kinds=("SelfAttention",), role=roles.Attention()):
    """torch's MultiheadAttention of positions to each other, (L, E) to itself.

    Every position reads all others: 4 * L * E * E multiply-accumulates project them, 2 * L * L * E
    are the products. The weights that it gives are not kept.

    Vaswani et al., Attention Is All You Need, 2017, https://arxiv.org/abs/1706.03762

    ```yaml
    - SelfAttention: 2
    ```
    """

    num_heads: PositiveInt = Field(description="parts that each position's vector is cut into")
    dropout: Probability = Field(default=0.0, description="share of the weights that is zeroed")
    bias: bool = Field(default=True, description="whether the projections add learnable numbers")

    def flow(self, x: Flow) -> Flow:
        self._needs_tokens(x.shape)
        length, width = x.shape
        if width % self.num_heads:
            raise Fault(
                "heads-do-not-divide",
                f"num_heads {self.num_heads} do not divide {width} features",
                "num_heads must divide the last axis",
                ("num_heads",),
            )
        y = x.through(x.shape, {0: (Whole(length), 0), 1: (Whole(width), 1)})
        # All there is, however much that is: an axis without ends has no such size.
        return y._replace(axes=tuple(axis._replace(field=None) for axis in y.axes))

    def weights(self, x: Shape) -> dict[str, Shape]:
        width = x[-1]
        into: dict[str, Shape] = {"in_proj_weight": (3 * width, width)}
        out: dict[str, Shape] = {"out_proj.weight": (width, width)}
        if not self.bias:
            return into | out
        return into | {"in_proj_bias": (3 * width,)} | out | {"out_proj.bias": (width,)}

    def macs(self, x: Shape, y: Shape) -> int:
        length, width = x
        return 4 * length * width * width + 2 * length * length * width

    def saves(self, x: Flow, y: Flow) -> Saved:
        (length, width), heads = x.shape, self.num_heads
        # torch puts positions before samples, in a copy where there are several of both.
        numbers = (4 + (length > 1)) * length * width
        if self.dropout:
            # Scaled questions and keys, and the weights: before, what is left, and after.
            numbers += 2 * length * width + 3 * heads * length * length
        else:
            numbers += heads * length
        return Saved(input=length == 1, sample=4 * numbers)


class ClassToken(_OfTokens, kinds=("ClassToken",), role=roles.Pad()):
    """A learnt position before the others, (L, E) to (1 + L, E).

    Dosovitskiy et al., An Image is Worth 16x16 Words, 2020, https://arxiv.org/abs/2010.11929

    ```yaml
    - ClassToken
    ```
    """

    def flow(self, x: Flow) -> Flow:
        self._needs_tokens(x.shape)
        length, width = x.shape
        reads: dict[int, tuple[Window | None, int]] = {0: (Strided(1, left=1), 0), 1: (None, 1)}
        return x.through((length + 1, width), reads)

    def weights(self, x: Shape) -> dict[str, Shape]:
        return {"weight": (1, 1, x[-1])}

    def macs(self, x: Shape, y: Shape) -> int:
        return 0

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING


class PositionEmbedding(Leaf, kinds=("PositionEmbedding",), role=roles.Rescale()):
    """A sample plus a learnt number for each of its elements, a shape to itself.

    ```yaml
    - PositionEmbedding
    ```
    """

    module: ClassVar[str] = _MODULES
    infers = "shape", 0
    std: float = Field(default=0.02, ge=0, le=1e3, description="spread of the numbers at first")

    def flow(self, x: Flow) -> Flow:
        return x

    def weights(self, x: Shape) -> dict[str, Shape]:
        return {"weight": (1, *x)}

    def macs(self, x: Shape, y: Shape) -> int:
        return 0

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING

    def inferred(self, x: Shape) -> dict[str, Value]:
        return {"shape": x}
