"""Dropout."""

from math import prod

from pydantic import Field

from netspec.flow.flow import Flow, Shape
from netspec.layers.arguments import Probability
from netspec.layers.base import Elementwise
from netspec.layers.saved import NOTHING, Saved


class Dropout(
    Elementwise,
    kinds=(
        "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout",
    ),
):  # fmt: skip
    """Zeroes elements at random in training (whole channels with 1d, 2d, 3d), a shape to itself.

    Srivastava et al., Dropout, 2014; Tompson et al., https://arxiv.org/abs/1411.4280 for channels

    ```yaml
    - Dropout2d: 0.05
    ```
    """

    p: Probability = Field(default=0.5, description="probability of being zeroed")
    inplace: bool = Field(default=False, description="whether to overwrite the input")

    def saves(self, x: Flow, y: Flow) -> Saved:
        if self.p == 0:
            return NOTHING
        if self.p == 1:
            return Saved(batch=4)
        channels = self.rank or self.kind == "FeatureAlphaDropout"
        return Saved(sample=4 * (x.shape[0] if channels else prod(x.shape)))

    def passes(self, x: Shape, training: bool = True) -> bool:
        return self.p == 0 or not training
