"""Activations that clamp or zero."""

from typing import Annotated

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow
from netspec.layers import roles
from netspec.layers.base import Elementwise
from netspec.layers.saved import INPUT, Saved


class Hardtanh(Elementwise, kinds=("Hardtanh",), role=roles.Activation()):
    """Clamps to a range, a shape to itself.

    ```yaml
    - Hardtanh: {min_val: -2, max_val: 2}
    ```
    """

    min_val: float = Field(default=-1.0, description="lower end")
    max_val: float = Field(default=1.0, description="upper end")
    inplace: bool = Field(default=False, description="whether to overwrite the input")

    def flow(self, x: Flow) -> Flow:
        if self.max_val <= self.min_val:
            raise Fault("wrong-value", f"max_val {self.max_val:g} is not above min_val "
                        f"{self.min_val:g}", at=("max_val",))  # fmt: skip
        return x

    def saves(self, x: Flow, y: Flow) -> Saved:
        # From the result one cannot tell a clamped value from one that was at the limit.
        return Saved(sample=4 * x.numel) if self.inplace else INPUT


class Shrink(Elementwise, kinds=("Hardshrink", "Softshrink"), role=roles.Activation()):
    """Zeroes small values, a shape to itself.

    ```yaml
    - Softshrink
    ```
    """

    lambd: Annotated[float, Field(ge=0)] = Field(default=0.5, description="what counts as small")

    def saves(self, x: Flow, y: Flow) -> Saved:
        return INPUT


class Threshold(Elementwise, kinds=("Threshold",), role=roles.Activation()):
    """x above a threshold, else a value, a shape to itself.

    ```yaml
    - Threshold: {threshold: 0.1, value: 0}
    ```
    """

    threshold: float = Field(description="what x is compared with")
    value: float = Field(description="what takes its place")
    inplace: bool = Field(default=False, description="whether to overwrite the input")

    def saves(self, x: Flow, y: Flow) -> Saved:
        return Saved(sample=4 * x.numel) if self.inplace else INPUT
