"""Dropout."""

from math import prod

from pydantic import Field

from netspec.flow.flow import Flow, Shape
from netspec.layers import roles
from netspec.layers.arguments import Probability
from netspec.layers.base import Elementwise
from netspec.layers.saved import NOTHING, Saved


class _Zeroing(Elementwise):
    """Zeroes some at random in training, and scales the others up."""

    p: Probability = Field(default=0.5, description="probability of being zeroed")
    inplace: bool = Field(default=False, description="whether to overwrite the input")

    def drawn(self, x: Shape) -> int:
        """Numbers that torch draws for one sample."""
        return prod(x)

    def saves(self, x: Flow, y: Flow) -> Saved:
        if self.p == 0:
            return NOTHING
        return Saved(batch=4) if self.p == 1 else Saved(sample=4 * self.drawn(x.shape))

    def passes(self, x: Shape, training: bool = True) -> bool:
        return self.p == 0 or not training

    @property
    def overwrites(self) -> bool:
        # torch's module of the alpha kinds takes the argument and forgets it.
        return self.inplace and self.p > 0 and "Alpha" not in self.kind


class Dropout(_Zeroing, kinds=("Dropout", "AlphaDropout"), role=roles.Dropout("elements")):
    """Zeroes elements at random in training, a shape to itself.

    Srivastava et al., Dropout, 2014; Klambauer et al., https://arxiv.org/abs/1706.02515 for Alpha

    ```yaml
    - Dropout: 0.2
    ```
    """


class ChannelDropout(
    _Zeroing,
    kinds=("Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"),
    role=roles.Dropout("channels"),
):
    """Zeroes whole channels at random in training, a shape to itself.

    Tompson et al., Efficient Object Localization, 2014, https://arxiv.org/abs/1411.4280

    ```yaml
    - Dropout2d: 0.05
    ```
    """

    def drawn(self, x: Shape) -> int:
        return x[0]
