"""Nothing at all."""

from netspec.flow.flow import Flow, Shape
from netspec.layers import roles
from netspec.layers.base import Elementwise
from netspec.layers.saved import NOTHING, Saved


class Identity(Elementwise, kinds=("Identity",), role=roles.Identity()):
    """Nothing, a shape to itself: a place that can be named.

    ```yaml
    - Identity
    ```
    """

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING

    def passes(self, x: Shape, training: bool = True) -> bool:
        return True
