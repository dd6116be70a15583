"""Dropout."""

from __future__ import annotations

from pydantic import Field

from netspec.layers.base import Elementwise, Probability


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
