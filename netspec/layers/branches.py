"""Branches: composites of paths that read one input, and whose ends are joined."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from netspec.diagnostic import Fault, Path
from netspec.flow.flow import Flow
from netspec.language.section import located
from netspec.layers import roles
from netspec.layers.base import Body, Composite, shape_text


class Branched(Composite):
    """A composite of paths that each read its whole input, and whose ends are joined."""

    @property
    def beside_input(self) -> bool:
        """Whether the input itself is joined with what its bodies make of it."""
        return False

    def run(self, x: Flow, body: Body) -> Flow:
        paths = list(self.bodies())
        if len(paths) + self.beside_input > 1:
            x = x.as_shared
        return self.join(x, [body(path, x) for path in paths])

    @abstractmethod
    def join(self, x: Flow, ends: Sequence[Flow]) -> Flow:
        """The flow of what the bodies make of `x`, put together; Fault where they do not fit."""


Branches = Annotated[
    list[list[Any]],
    Field(
        description="in place of body, one list of layer entries for each path",
        json_schema_extra={"minItems": 2},
    ),
]


class _Named(Branched):
    """A composite of a body and what belongs to it, or of any number of branches."""

    named: ClassVar[tuple[str, ...]]
    """The arguments that are paths where there are no branches."""
    body: list[Any]
    branches: Branches = Field(default=[])

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = self.model_fields_set
        kind, first = self.kinds[0], self.named[0]
        if "branches" not in given and first not in given:
            form = f"{first}: […], or branches: [[…], […]]"
            raise located([Fault("missing-key", f"{kind} needs {first}", form, key=True)])
        if "branches" in given and (beside := [name for name in self.named if name in given]):
            message = f"{kind} takes either {beside[0]} or branches"
            form = "an empty branch, [], is the input itself"
            raise located([Fault("wrong-value", message, form, (beside[0],), key=True)])
        if self.body and all(isinstance(one, list) for one in self.body):
            form = "branches: [[…], […]] has several paths"
            raise located([Fault("not-a-layer", "expected a layer, not a list", form, ("body", 0))])
        if "branches" in given and len(self.branches) < 2:
            message = f"branches: expected at least 2, not {len(self.branches)}"
            raise located([Fault("wrong-length", message, "[] is the input itself", ("branches",))])
        return self

    @property
    def listed(self) -> bool:
        """Whether it has branches."""
        return bool(self.branches)

    def bodies(self) -> dict[Path, str | None]:
        if self.listed:
            return {("branches", i): str(i) for i in range(len(self.branches))}
        return {(name,): name for name in self.named}


class Residual(_Named, kinds=("Residual",), role=roles.Join("add")):
    """A body and a shortcut added up; the shortcut is the identity where it is left out.

    With `branches`, the sum of as many paths; an empty one is the identity.

    He et al., Deep Residual Learning, 2015, https://arxiv.org/abs/1512.03385

    ```yaml
    - Residual:
        branches:
          - [{Conv2d: [3, 3, 1, 1]}]
          - [{Conv2d: [3, 1]}]
          - []
    - Residual:
        body:
          - Conv2d: {out_channels: 3, kernel_size: 3, padding: 1}
    ```
    """

    named: ClassVar[tuple[str, ...]] = ("body", "shortcut")
    whole: ClassVar[str] = "body"
    body: list[Any] = Field(default=[], description="layer entries of the main path")
    shortcut: list[Any] = Field(default=[], description="layer entries of the other path")
    branches: Branches = Field(default=[])

    def join(self, x: Flow, ends: Sequence[Flow]) -> Flow:
        first, *rest = ends
        joined = first
        for i, y in enumerate(rest, 1):
            if y.shape != first.shape:
                a, b = shape_text(first.shape), shape_text(y.shape)
                raise Fault(
                    "shapes-differ",
                    f"branch {i} gives {b}, branch 0 {a}"
                    if self.listed
                    else f"the body gives {a}, the shortcut {b}",
                    "a Conv2d with kernel_size 1 "
                    + ("can match channels and stride" if self.listed else
                       "in the shortcut can match channels and stride"),
                    ("branches", i) if self.listed else ("body",),
                )  # fmt: skip
            joined = joined.join(y, y.shape)
        return joined


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


class Gate(_Named, kinds=("Gate",), role=roles.Join("multiply")):
    """The input times what the body makes of it, broadcast over space.

    With `branches`, the product of as many paths: the first one's end times the factors that the
    others give; an empty one is the identity.

    Hu et al., Squeeze-and-Excitation Networks, 2017, https://arxiv.org/abs/1709.01507

    ```yaml
    - Gate:
        branches:
          - [{Conv2d: [3, 3, 1, 1]}]
          - [{Conv2d: [3, 3, 1, 1]}, Sigmoid]
    - Gate:
        - AdaptiveAvgPool2d: 1
        - Conv2d: [3, 1]
        - Sigmoid
    ```
    """

    named: ClassVar[tuple[str, ...]] = ("body",)
    whole: ClassVar[str] = "body"
    body: list[Any] = Field(default=[], description="layer entries that compute the factor")
    branches: Branches = Field(default=[])

    @property
    def beside_input(self) -> bool:
        return not self.listed

    def join(self, x: Flow, ends: Sequence[Flow]) -> Flow:
        product, *factors = self.factors(x, ends)
        for i, y in enumerate(factors, 1):
            fits = len(y.shape) == len(product.shape) and all(
                b in (1, a) for a, b in zip(product.shape, y.shape, strict=True)
            )
            if not fits:
                over = "the first branch's" if self.listed else "the input's"
                a, b = shape_text(product.shape), shape_text(y.shape)
                raise Fault(
                    "shapes-differ",
                    f"a factor of {b} does not spread over {a}",
                    f"each axis of the factor must be 1 or {over}",
                    ("branches", i) if self.listed else ("body",),
                )
            product = product.gate(y)
        return product

    def factors(self, x: Flow, ends: Sequence[Flow]) -> list[Flow]:
        """What is multiplied, in order."""
        return [x] * self.beside_input + list(ends)

    def keeps(self, x: Flow, bodies: Sequence[Flow]) -> list[Flow]:
        product, *factors = self.factors(x, bodies)
        kept: list[Flow] = []
        for y in factors:
            # Each is needed for the gradient of the other; products stand by themselves.
            kept += [a for a, b in ((product, y), (y, product)) if b.tensor.grad]
            product = product.gate(y)
        return kept
