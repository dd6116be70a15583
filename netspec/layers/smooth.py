"""Smooth activations with a parameter."""

from typing import Literal

from pydantic import Field

from netspec.flow.flow import Flow
from netspec.layers import roles
from netspec.layers.base import Elementwise
from netspec.layers.saved import INPUT, Saved


class GELU(Elementwise, kinds=("GELU",), role=roles.Activation()):
    """Gaussian error linear unit, a shape to itself.

    Hendrycks and Gimpel, 2016, https://arxiv.org/abs/1606.08415

    ```yaml
    - GELU: {approximate: tanh}
    ```
    """

    approximate: Literal["none", "tanh"] = Field(default="none", description="formula to use")

    def saves(self, x: Flow, y: Flow) -> Saved:
        return INPUT


class Softplus(Elementwise, kinds=("Softplus",), role=roles.Activation()):
    """log(1 + exp(beta * x)) / beta, a shape to itself.

    ```yaml
    - Softplus
    ```
    """

    beta: float = Field(default=1.0, description="sharpness")
    threshold: float = Field(default=20.0, description="above it the function is linear")

    def saves(self, x: Flow, y: Flow) -> Saved:
        return INPUT
