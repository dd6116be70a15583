"""Layers one after the other."""

from typing import Any, ClassVar

from pydantic import Field

from netspec.diagnostic import Path
from netspec.flow.flow import Flow
from netspec.layers import roles
from netspec.layers.base import Body, Composite


class Sequential(Composite, kinds=("Sequential",), role=roles.Group()):
    """Layers one after the other, as one submodule.

    ```yaml
    - Sequential:
        - Conv2d: [8, 3]
        - ReLU
    ```
    """

    module: ClassVar[str] = "torch.nn"
    whole: ClassVar[str] = "layers"
    layers: list[Any] = Field(description="layer entries")

    def bodies(self) -> dict[Path, str | None]:
        return {("layers",): None}

    def run(self, x: Flow, body: Body) -> Flow:
        return body(("layers",), x)
