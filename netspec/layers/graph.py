"""Layers wired by name, for what is no tree."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from netspec.diagnostic import Fault, Path, listed, nearest
from netspec.flow.flow import Flow
from netspec.language import names
from netspec.language.section import Section, located
from netspec.layers import roles
from netspec.layers.base import Body, Composite, Recipe, shape_text

INPUT = "input"
"""What nodes call the graph's own input."""
_FORM = "write name: [layers], or name: {from: other, layers: [layers]}"


class GraphNode(Section):
    """What a node of a graph reads, and the layers it runs on that."""

    sources: str | list[str] = Field(
        default=INPUT, alias="from", description="a node written before it, or several; default: "
        "input, what the graph reads",
    )  # fmt: skip
    join: Literal["add", "concat", "multiply"] | None = Field(
        default=None, description="how several are put together; concat in the order written"
    )
    layers: list[Any] = Field(default=[], description="layer entries; none: what it reads")
    expect: Any = Field(default=None, description="facts of what comes out of it, checked")

    @property
    def reads(self) -> list[str]:
        """The nodes that it reads."""
        return [self.sources] if isinstance(self.sources, str) else self.sources


class _Nodes:
    """Validates a mapping from names to nodes, each a list of layers or a mapping."""

    def check(self, value: Any) -> dict[str, GraphNode]:
        if not isinstance(value, dict):
            raise located([Fault("wrong-type", "a graph is a mapping of nodes", _FORM)])
        if not value:
            raise located([Fault("wrong-length", "a graph needs at least one node", _FORM)])
        nodes = {name: self._node(name, node) for name, node in value.items()}
        if found := list(_faults(nodes)):
            raise located(found)
        return nodes

    def _node(self, name: str, value: Any) -> GraphNode:
        if isinstance(value, list):
            return GraphNode(layers=value)
        if not isinstance(value, dict):
            raise located([Fault("wrong-type", f"node {name}: expected layers", _FORM, (name,))])
        from pydantic import ValidationError

        from netspec.language.validation import faults

        try:
            return GraphNode.model_validate(value)
        except ValidationError as error:
            raise located(faults(error, GraphNode, f"node {name}", value), (name,)) from None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        node = GraphNode.model_json_schema(by_alias=True)
        return {"type": "object", "additionalProperties": node, "minProperties": 1}


def _faults(nodes: Mapping[str, GraphNode]) -> Iterator[Fault]:
    taken: set[str] = set()
    order = list(nodes)
    read = Counter(source for node in nodes.values() for source in node.reads)
    for name, node in nodes.items():
        if name == INPUT:
            message = "'input' is what the graph reads, no name for a node"
            yield Fault("bad-name", message, "another name", (name,), key=True)
        else:
            try:
                names.check(name, taken)
            except Fault as fault:
                fault.at, fault.key = (name,), True
                yield fault
        known = [INPUT, *order[: order.index(name)]]
        for i, source in enumerate(node.reads):
            if source not in known:
                at = (name, "from") if isinstance(node.sources, str) else (name, "from", i)
                later = f"'{source}' is written later" if source in nodes else None
                message = later or f"no node is called '{source}' before this one"
                if source == name:
                    message = f"node {name} reads itself"
                yield Fault("unknown-node", message, nearest(source, known) or listed(known), at)
        several = len(node.reads) > 1
        if not node.reads:
            yield Fault("wrong-length", f"node {name} reads nothing", "from: input", (name, "from"))
        if several and node.join is None:
            message = f"node {name} reads {len(node.reads)} nodes and does not say how"
            yield Fault("missing-key", message, "join: add, concat or multiply", (name,), key=True)
        if node.join is not None and not several:
            message = f"node {name} reads one node, which cannot be joined"
            yield Fault("unused-join", message, "leave join out", (name, "join"), key=True)
        if name != order[-1] and not read[name]:
            message = f"nothing reads node {name}, and it is not the last"
            yield Fault("unread-node", message, "remove it, or read it", (name,), key=True)


class Wire(NamedTuple):
    """What a node reads, and how that is put together."""

    reads: tuple[str, ...]
    join: str | None


class Graph(Composite, kinds=("Graph",), role=roles.Wiring()):
    """Layers wired by name; the last node is the output.

    A node reads the graph's input, or nodes written before it, and runs its layers on that.

    ```yaml
    - Graph:
        a: [{Conv2d: [4, 3, 1, 1]}, ReLU]
        b: {from: a, layers: [{Conv2d: [4, 3, 1, 1]}]}
        out: {from: [a, b], join: concat}
    ```
    """

    whole: ClassVar[str] = "nodes"
    mapped: ClassVar[bool] = True
    nodes: Annotated[dict[str, GraphNode], _Nodes()] = Field(
        default={},
        description="nodes by name, each a list of layers, or from, join, layers and expect",
    )

    def reads(self) -> dict[str, tuple[str, ...]]:
        return {name: wire.reads for name, wire in self.wires.items()}

    @property
    def wires(self) -> dict[str, Wire]:
        """What each node reads, by its name."""
        return {name: Wire(tuple(node.reads), node.join) for name, node in self.nodes.items()}

    def bodies(self) -> dict[Path, str | None]:
        return {("nodes", name): name for name in self.nodes}

    def expects(self, below: Path) -> Any:
        return self.nodes[str(below[1])].expect

    def run(self, x: Flow, body: Body) -> Flow:
        readers = Counter(source for wire in self.wires.values() for source in wire.reads)
        flows = {INPUT: x.as_shared if readers[INPUT] > 1 else x}
        for name, wire in self.wires.items():
            y = self.joined(name, wire, [flows[source] for source in wire.reads])
            y = body(("nodes", name), y)
            flows[name] = y.as_shared if readers[name] > 1 else y
        return flows[name]

    def joined(self, name: str, wire: Wire, flows: Sequence[Flow]) -> Flow:
        first, *rest = flows
        if not rest:
            return first
        joined = first.copy()
        for source, y in zip(wire.reads[1:], rest, strict=True):
            concat = wire.join == "concat"
            if y.shape[concat:] != first.shape[concat:]:
                raise Fault(
                    "shapes-differ",
                    f"{source} gives {shape_text(y.shape)}, {wire.reads[0]} "
                    f"{shape_text(first.shape)}",
                    "all but the channels must agree" if concat else f"{wire.join} needs one shape",
                    ("nodes", name, "from"),
                )
            joined = joined.beside(y) if concat else joined.join(y, first.shape)
        return joined

    def keeps(self, x: Flow, bodies: Sequence[Flow]) -> Sequence[Flow]:
        flows = {INPUT: x} | dict(zip(self.nodes, bodies, strict=True))
        kept: list[Flow] = []
        for wire in self.wires.values():
            if wire.join == "multiply":
                factors = [flows[source] for source in wire.reads]
                product = factors[0]
                for factor in factors[1:]:
                    # Each is needed for the gradient of the other; products stand by themselves.
                    kept += [a for a, b in ((product, factor), (factor, product)) if b.tensor.grad]
                    product = product.join(factor, product.shape)
        return kept

    def recipe(self) -> Recipe:
        return Recipe(f"{self.module}.{self.kind}", {"wires": {
            name: (wire.reads, wire.join) for name, wire in self.wires.items()
        }})  # fmt: skip
