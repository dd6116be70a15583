"""What a layer is: a pydantic model of torch's arguments that tells facts about shapes.

A kind of layer is a class that names its torch classes in `kinds`, says with `role` what they are
for and states, from the shape it is given, every fact that cannot be derived: the flow after it,
its weights, its cost and what autograd saves of it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from pydantic import ConfigDict

from netspec.diagnostic import Fault, Path
from netspec.flow.flow import Flow, Shape, Tensor
from netspec.flow.window import Window
from netspec.language.section import Strict
from netspec.layers.releases import Release, needs
from netspec.layers.roles import Role
from netspec.layers.saved import Saved

Value = int | float | str | bool | None | tuple[int | float | None, ...]


class Recipe(NamedTuple):
    """How to build a layer: a class by its import path, and its keyword arguments."""

    target: str
    arguments: Mapping[str, Any]


class Layer(Strict, ABC):
    """Arguments of one layer, in torch's order and with torch's names and defaults."""

    model_config = ConfigDict(validate_default=True)

    kinds: ClassVar[tuple[str, ...]] = ()
    role: ClassVar[Role]
    newer: ClassVar[dict[str, Release]] = {}
    """Arguments that torch has by name only, and the release that each of them came with."""
    whole: ClassVar[str | None] = None
    """The argument that a list written straight after the layer's name stands for."""
    module: ClassVar[str] = "torch.nn"
    if TYPE_CHECKING:
        _kind: str
    # A private attribute of pydantic's would take ten times as long to read.
    __slots__ = ("_kind",)

    def __init_subclass__(
        cls, kinds: tuple[str, ...] = (), role: Role | None = None, **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.kinds = kinds
        if role is not None:
            cls.role = role

    @classmethod
    def __pydantic_init_subclass__(cls, role: Role | None = None, **kwargs: Any) -> None:
        if not cls.kinds:
            return
        # A role is not inherited: what differs between two classes is often just that.
        unsaid = [*sorted(cls.__abstractmethods__), *["role"] * (role is None)]
        if unsaid:
            raise TypeError(f"layer {cls.__name__} does not say {', '.join(unsaid)}")
        lacking = [name for name in cls.role.arguments if name not in cls.model_fields]
        if lacking:
            raise TypeError(f"layer {cls.__name__} has no argument {', '.join(lacking)}")

    @classmethod
    def parse(cls, kind: str, arguments: dict[str, Any]) -> Self:
        """The layer with these arguments; pydantic's ValidationError where they are wrong.

        Fault where the torch that is installed does not have them yet.
        """
        layer = cls.model_validate(arguments, context=rank_of(kind))
        for name, since in cls.newer.items():
            if name in layer.model_fields_set:
                needs(kind, name, since)
        object.__setattr__(layer, "_kind", kind)
        return layer

    @classmethod
    def in_order(cls) -> list[str]:
        """Names of the arguments that may be given without them, in torch's order."""
        return [name for name in cls.model_fields if name not in cls.newer]

    @property
    def kind(self) -> str:
        """Its name in torch, such as Conv2d."""
        return self._kind

    @property
    def rank(self) -> int:
        """Number of spatial axes it works on, by its name; 0 for any."""
        return rank_of(self._kind)


def rank_of(kind: str) -> int:
    """Spatial axes that a kind's name tells: 2 for Conv2d, 0 for ReLU."""
    return int(kind[-2]) if kind[-2:] in ("1d", "2d", "3d") else 0


class Leaf(Layer):
    """A layer that runs as one torch module."""

    infers: ClassVar[tuple[str, int] | None] = None
    """The argument that torch asks for and a spec may not write, and where in torch's order."""

    def run(self, x: Flow) -> Flow:
        """The flow after this layer; Fault where torch would refuse the input."""
        if self.overwrites and (x.tensor.shared or x.tensor.saved):
            reader = "the backward pass" if x.tensor.saved else "another path"
            raise Fault(
                "overwrites-input",
                f"{self.kind} in place overwrites a tensor that {reader} still reads",
                "leave inplace out",
                ("inplace",),
            )
        y = self.flow(x)
        grad = x.tensor.grad or bool(self.weights(x.shape))
        kept = grad and self.saves(x, y).output
        same = self.passes(x.shape)
        if same or self.overwrites:
            tensor = x.tensor._replace(grad=grad, saved=x.tensor.saved or kept)
        else:
            shared = x.tensor.shared and self.passes(x.shape, training=False)
            tensor = Tensor(object(), grad, kept, shared)
        return y._replace(tensor=tensor)

    @abstractmethod
    def flow(self, x: Flow) -> Flow:
        """Shape and dependencies after this layer; Fault where torch would refuse the input."""

    @abstractmethod
    def weights(self, x: Shape) -> dict[str, Shape]:
        """Learnable tensors by name, in the order of torch's state_dict."""

    @abstractmethod
    def macs(self, x: Shape, y: Shape) -> int:
        """Multiply-accumulates for one sample of shape `x`; only convolutions and linear layers."""

    @abstractmethod
    def saves(self, x: Flow, y: Flow) -> Saved:
        """What autograd keeps of it in training, if what comes out needs a gradient."""

    def windows(self, x: Shape) -> Sequence[Window]:
        """How each spatial axis is read; empty where that is not by windows of their own."""
        return ()

    def channels_read(self, x: Shape) -> Collection[int] | None:
        """The channels that it reads where it cuts others off; None for all."""
        return None

    def buffers(self, x: Shape) -> dict[str, Shape]:
        """Tensors of the state_dict that are not learnt."""
        return {}

    def inferred(self, x: Shape) -> dict[str, Value]:
        """Arguments that torch asks for and the input tells."""
        return {}

    def passes(self, x: Shape, training: bool = True) -> bool:
        """Whether what comes out is what went in, or a view of it."""
        return False

    @property
    def overwrites(self) -> bool:
        """Whether it writes its result over its input."""
        return bool(getattr(self, "inplace", False))

    def recipe(self, x: Shape) -> Recipe:
        """How to build it for an input of shape `x`."""
        fields = type(self).model_fields
        written = {
            name: _plain(getattr(self, name)) if _spread(field.metadata) else getattr(self, name)
            for name, field in fields.items()
            if name in self.model_fields_set
        }
        inferred = self.inferred(x)
        return Recipe(f"{self.module}.{self.kind}", inferred | written | inferred)

    def needs_spatial(self, x: Shape) -> None:
        """Refuse an input that has another number of spatial axes than the kind works on."""
        if len(x) - 1 != self.rank:
            axes = ", ".join(["C", *("D", "H", "W")[3 - self.rank :]]) if self.rank > 1 else "C, L"
            raise Fault(
                "wrong-rank",
                f"{self.kind} takes ({axes}), not {shape_text(x)}",
                "move it before the layer that flattens" if len(x) == 1 else None,
            )


class Stateless(Leaf):
    """A layer without weights that multiplies nothing."""

    def weights(self, x: Shape) -> dict[str, Shape]:
        return {}

    def macs(self, x: Shape, y: Shape) -> int:
        return 0


class Elementwise(Stateless):
    """A layer that works on every element by itself."""

    def flow(self, x: Flow) -> Flow:
        if self.rank:
            self.needs_spatial(x.shape)
        return x


OWN = "netspec.network.leaves"
"""Where the torch modules of leaves are that torch does not have."""
Body = Callable[[Path, Flow], Flow]
"""Runs the layer entries at a path below a composite's arguments on a flow."""


class Composite(Layer):
    """A layer made of layers; it says how the flow goes through its bodies.

    `module` is where the torch module of its name is, which takes its children as one ordered
    mapping.
    """

    module: ClassVar[str] = "netspec.network.modules"
    mapped: ClassVar[bool] = False
    """Whether a mapping there stands for it too."""

    @abstractmethod
    def bodies(self) -> dict[Path, str | None]:
        """Submodule name of every list of entries, by its path below the arguments.

        None where the entries are children of the composite itself.
        """

    @abstractmethod
    def run(self, x: Flow, body: Body) -> Flow:
        """The flow after this layer, each of its bodies run once."""

    def expects(self, below: Path) -> Any:
        """What is written to be expected of what comes out of a body; None where nothing is."""
        return None

    def reads(self) -> dict[str, tuple[str, ...]]:
        """What each body reads where that is not the composite's input alone: bodies by name."""
        return {}

    def keeps(self, x: Flow, bodies: Sequence[Flow]) -> Sequence[Flow]:
        """What autograd keeps in training of joining what the bodies make of `x`."""
        return ()

    def recipe(self) -> Recipe:
        """How to build it."""
        return Recipe(f"{self.module}.{self.kind}", {})


def shape_text(shape: Shape) -> str:
    """A shape as people write it: (8, 26, 26)."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _plain(value: Any) -> Any:
    if isinstance(value, tuple) and len(set(value)) == 1 and value[0] is not None:
        return value[0]
    return value


def _spread(metadata: list[Any]) -> bool:
    """Whether one number stands for one on every axis."""
    return any(getattr(each, "spreads", False) for each in metadata)
