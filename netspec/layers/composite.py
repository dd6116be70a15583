"""Layers made of layers."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from netspec.diagnostic import Fault, Path
from netspec.flow.flow import Flow
from netspec.layers import roles
from netspec.layers.base import Body, Composite, shape_text


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


class Branched(Composite):
    """A composite of paths that each read its whole input, and whose ends are joined."""

    beside_input: ClassVar[bool] = False
    """Whether the input itself is joined with what its bodies make of it."""

    def run(self, x: Flow, body: Body) -> Flow:
        paths = list(self.bodies())
        if len(paths) + self.beside_input > 1:
            x = x.as_shared
        return self.join(x, [body(path, x) for path in paths])

    @abstractmethod
    def join(self, x: Flow, ends: Sequence[Flow]) -> Flow:
        """The flow of what the bodies make of `x`, put together; Fault where they do not fit."""


class Residual(Branched, kinds=("Residual",), role=roles.Join("add")):
    """A body and a shortcut added up; the shortcut is the identity where it is left out.

    He et al., Deep Residual Learning, 2015, https://arxiv.org/abs/1512.03385

    ```yaml
    - Residual:
        body:
          - Conv2d: {out_channels: 3, kernel_size: 3, padding: 1}
    ```
    """

    whole: ClassVar[str] = "body"
    body: list[Any] = Field(description="layer entries of the main path")
    shortcut: list[Any] = Field(default=[], description="layer entries of the other path")

    def bodies(self) -> dict[Path, str | None]:
        return {("body",): "body", ("shortcut",): "shortcut"}

    def join(self, x: Flow, ends: Sequence[Flow]) -> Flow:
        y, z = ends
        if y.shape != z.shape:
            raise Fault(
                "shapes-differ",
                f"the body gives {shape_text(y.shape)}, the shortcut {shape_text(z.shape)}",
                "a Conv2d with kernel_size 1 in the shortcut can match channels and stride",
                ("body",),
            )
        return y.join(z, y.shape)


class Concat(Branched, kinds=("Concat",), role=roles.Join("concat")):
    """Branches put together along the channels; an empty branch is the identity.

    ```yaml
    - Concat:
        - []
        - [{Conv2d: {out_channels: 4, kernel_size: 3, padding: 1}}]
    ```
    """

    whole: ClassVar[str] = "branches"
    branches: list[list[Any]] = Field(min_length=1, description="one list of layer entries each")

    def bodies(self) -> dict[Path, str | None]:
        return {("branches", i): str(i) for i in range(len(self.branches))}

    def join(self, x: Flow, ends: Sequence[Flow]) -> Flow:
        first, *rest = ends
        joined = first.copy()
        for i, y in enumerate(rest, 1):
            if y.shape[1:] != first.shape[1:]:
                raise Fault(
                    "shapes-differ",
                    f"branch {i} gives {shape_text(y.shape)}, branch 0 {shape_text(first.shape)}",
                    "all but the channels must agree",
                    ("branches", i),
                )
            joined = joined.beside(y)
        return joined


class Gate(Branched, kinds=("Gate",), role=roles.Join("multiply")):
    """The input times what the body makes of it, broadcast over space.

    Hu et al., Squeeze-and-Excitation Networks, 2017, https://arxiv.org/abs/1709.01507

    ```yaml
    - Gate:
        - AdaptiveAvgPool2d: 1
        - Conv2d: [3, 1]
        - Sigmoid
    ```
    """

    whole: ClassVar[str] = "body"
    beside_input: ClassVar[bool] = True
    body: list[Any] = Field(description="layer entries that compute the factor")

    def bodies(self) -> dict[Path, str | None]:
        return {("body",): "body"}

    def join(self, x: Flow, ends: Sequence[Flow]) -> Flow:
        (y,) = ends
        fits = len(y.shape) == len(x.shape) and all(
            b in (1, a) for a, b in zip(x.shape, y.shape, strict=True)
        )
        if not fits:
            raise Fault(
                "shapes-differ",
                f"a factor of {shape_text(y.shape)} does not spread over {shape_text(x.shape)}",
                "each axis of the factor must be 1 or the input's",
                ("body",),
            )
        return x.gate(y)

    def keeps(self, x: Flow, bodies: Sequence[Flow]) -> list[Flow]:
        (factor,) = bodies
        return [flow for flow, other in ((x, factor), (factor, x)) if other.tensor.grad]
