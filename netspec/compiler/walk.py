"""A document's layers → the plan: the network run on shapes, entry by entry.

A walk goes on after a mistake: what comes behind it is read for mistakes in its arguments, with
None in place of a flow.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from netspec import layers
from netspec.compiler import blocks, habit, parts
from netspec.compiler.bodies import Bodies
from netspec.compiler.document import Document, Scope
from netspec.compiler.expectation import disagreements
from netspec.compiler.findings import Enough, Findings
from netspec.compiler.frame import SEQUENTIAL, Frame, Module, Parsed, Reported, sequence
from netspec.compiler.node import Made, Node
from netspec.compiler.plan import Plan
from netspec.compiler.reporting import Reporting
from netspec.compiler.totals import totals
from netspec.diagnostic import Fault, Path
from netspec.flow.flow import Flow, Shape
from netspec.flow.work import LAYER
from netspec.language import names
from netspec.language.entry import Entry, arguments, read
from netspec.language.expression import resolve
from netspec.language.spec import Expect
from netspec.layers.base import Composite, Layer, Leaf, rank_of

if TYPE_CHECKING:
    from netspec.compiler.slips import Meant

MAX_NESTING = 64
MAX_ENTRIES = 20_000
MAX_FAILURES = 20
"""Uses of a layer with wrong arguments that are told: it is mostly one mistake in a block."""


def plan(document: Document, findings: Findings) -> Plan | None:
    """The plan of a document, or None where `findings` got an error on the way to it."""
    spec, x = document.spec, None
    if document.input is not None:
        try:
            x = Flow.input(document.input)
        except Fault as fault:
            findings.report(fault, ("input",))
    frame = Frame(document.variables, Module())
    walk, first = Walk(document, findings), len(findings)
    y = walk.entries(document.layers, ("layers",), frame, x)
    if y is None or x is None:
        findings.reached = [leaf for node in frame.module.nodes for leaf in node.leaves()]
        from netspec.compiler import axes

        if x is not None and x.work.left > axes.LEAST_LEFT and walk.entries_left > _MANY_LEFT:
            axes.explain(x.shape, findings, first, lambda shape: _tried(document, findings, shape))
        return None
    root = Node("", sequence(), x, y, SEQUENTIAL, ("layers",), children=frame.module.nodes)
    for unfit in parts.faults(root, spec.train) if spec.train else ():
        findings.report(unfit, ("train",))
    leaves = list(root.leaves())
    name = spec.name or names.stem(findings.source.path)
    return Plan(name, spec, findings.source, root, leaves, totals(root, leaves))


_MANY_LEFT = MAX_ENTRIES - 1000


def _tried(document: Document, findings: Findings, shape: Shape) -> Findings:
    """What is wrong with the layers of a document if its input has another shape."""
    from netspec.compiler import axes

    found = Findings(findings.source)
    found.moved = findings.moved
    with suppress(Enough, Fault):
        x = Flow.input(shape)
        x.work.left = axes.SHARE
        frame = Frame(document.variables, Module())
        Walk(document, found).entries(document.layers, ("layers",), frame, x)
    return found


Written = dict[Any, Layer]
"""Layers by what they are written as."""


class Walk:
    """The network run on shapes; `written` keeps layers from one walk to the next."""

    def __init__(
        self, document: Document, findings: Findings, written: Written | None = None
    ) -> None:
        self._written = written
        self.blocks, self.variables = document.blocks, document.variables
        self.rank = len(document.spec.input) - 1
        self.findings = findings
        self.entries_left = MAX_ENTRIES
        self.nesting = 0
        # What a place means in a scope is worked out once, however often it is used.
        self._parsed: dict[tuple[Path, int], Parsed | None] = {}
        self._scopes: dict[tuple[Path, int], Scope | None] = {}
        # What is wrong at a place is explained for some of its uses.
        self._failures = Counter[Path]()
        self._unknown: dict[Path, Fault] = {}
        self._meant: dict[Path, Meant] = {}
        self._facts: dict[tuple[int, Shape], tuple[Any, ...]] = {}

    def entries(
        self, items: list[Any] | dict[str, Any], path: Path, frame: Frame, x: Flow | None
    ) -> Flow | None:
        """The flow after a list of entries; None after a mistake, as a mapping in its place."""
        places: list[tuple[Any, Path]]
        if isinstance(items, dict):
            from netspec.compiler.slips import misplaced

            places = [misplaced(kind, value, path, self.blocks) for kind, value in items.items()]
        else:
            places = [(item, (*path, i)) for i, item in enumerate(items)]
        for item, at in places:
            try:
                x = self.entry(item, at, frame, x)
            except Reported:
                x = None
        return x

    def reporting(
        self,
        path: Path,
        frame: Frame,
        layer: str | None = None,
        places: Mapping[str, Path] | None = None,
    ) -> Reporting:
        """Report a fault in here at a path, with `places` at that of the argument to blame."""
        return Reporting(self.findings, path, frame.trace, layer, places)

    def entry(self, item: Any, path: Path, frame: Frame, x: Flow | None) -> Flow:
        with self.reporting(path, frame):
            try:
                entry = read(item, path, frame.scope)
            except Fault as fault:
                if fault.code != "not-a-layer":
                    raise
                if path not in self._meant:
                    from netspec.compiler.slips import entry_meant

                    self._meant[path] = entry_meant(item, path, fault, self.blocks, self.rank)
                found = self._meant[path]
                self.findings.report(found.fault, path, frame.trace)
                if found.entry is None:
                    raise Reported from None
                entry, x = found.entry, None
            expect = self.expect(entry.expect, entry.path, frame)
            if entry.name is not None:
                names.check(entry.name, frame.module.names)
        copies = 1 if entry.repeat is None else entry.repeat
        name, inner = entry.name, frame
        if name and (entry.kind in self.blocks or entry.repeat is not None):
            inner, name = frame.inside(name), None
        first, y = len(inner.module.nodes), x
        for _ in range(copies):
            y = self._once(entry, inner, y, name)
        if x is None or y is None:
            raise Reported
        nodes = inner.module.nodes[first:]
        self.keep(path, Made(x, y, nodes, frame.scope))
        if inner is not frame:
            frame.module.nodes.append(inner.group(x, y, path, frame, nodes))
        self.compare(expect, path, frame, nodes, y)
        return y

    def keep(self, path: Path, made: Made) -> None:
        """Keep what was made of what is written at a path."""
        self.findings.made.setdefault(path, []).append(made)

    def expect(self, written: Any, path: Path, frame: Frame) -> Expect | None:
        """What is expected at a path, None where nothing is or it is no expectation."""
        if written is None:
            return None
        try:
            return Expect.model_validate(resolve(written, frame.scope, ("expect",)))
        except ValidationError as error:
            data = resolve(written, frame.scope)
            at = (*path, "expect")
            self.findings.report_all(error, Expect, "expect", at, frame.trace, data=data)
            return None

    def compare(
        self, expect: Expect | None, path: Path, frame: Frame, nodes: list[Node], y: Flow
    ) -> None:
        """Report where what came out is not what is expected at a path."""
        if expect is None:
            return
        params = sum(node.params for node in nodes)
        macs = sum(leaf.macs for node in nodes for leaf in node.leaves())
        for disagreement in disagreements(expect, params, macs, y):
            if frame.trace and disagreement.help:  # another use of the block may have other figures
                disagreement.help = disagreement.help[:]
            self.findings.report(disagreement, (*path, "expect"), frame.trace)

    def _once(self, entry: Entry, frame: Frame, x: Flow | None, name: str | None) -> Flow:
        """The flow after one copy of an entry, which is called `name` or numbered."""
        self.entries_left -= 1
        self.nesting += 1
        try:
            with self.reporting(entry.at, frame):
                if self.entries_left < 0:
                    message = f"more than {MAX_ENTRIES} layers"
                    raise Fault("too-large", message, "repeat less", key=True)
                if self.nesting > MAX_NESTING:
                    message = f"layers nest deeper than {MAX_NESTING}"
                    raise Fault("too-deep", message, "nest them less", key=True)
                if entry.kind in self.blocks:
                    return self._block(entry, frame, x)
                return self._layer(entry, frame, x, name or str(len(frame.module.nodes)))
        finally:
            self.nesting -= 1

    def _block(self, entry: Entry, frame: Frame, x: Flow | None) -> Flow:
        blocks.check_cycle(entry.kind, frame.trace)
        block, key = self.blocks[entry.kind], (entry.at, id(frame.scope))
        if block is None:
            raise Reported
        if key not in self._scopes:
            self._scopes[key] = None
            self._scopes[key] = blocks.bind(entry, block.args, frame.scope, self.variables)
        inner = self._scopes[key]
        if inner is None:
            raise Reported
        path = ("blocks", entry.kind, "layers")
        y = self.entries(block.layers, path, frame.using(entry, inner), x)
        if y is None:
            raise Reported
        return y

    def _layer(self, entry: Entry, frame: Frame, x: Flow | None, name: str) -> Flow:
        key = (entry.at, id(frame.scope))
        if key not in self._parsed:
            self._parsed[key] = None
            self._parsed[key] = self.parse(entry, frame, x)
        parsed = self._parsed[key]
        if parsed is None:
            raise Reported
        with self.reporting(entry.at, frame, frame.module.prefix + name, parsed.places):
            if isinstance(parsed.layer, Composite):
                node = self._composite(parsed, entry, frame, x, frame.inside(name))
            else:
                node = self._leaf(parsed.layer, entry, frame, x, name)
        frame.module.nodes.append(node)
        return node.output

    def parse(self, entry: Entry, frame: Frame, x: Flow | None) -> Parsed | None:
        model = layers.find(entry.kind)
        if model is None:
            if entry.at not in self._unknown:
                from netspec.compiler.unknown import unknown

                fault = unknown(entry.kind, entry.value, self.blocks, self.rank)
                self._unknown[entry.at] = fault
            raise self._unknown[entry.at]
        order, whole = model.in_order(), model.whole
        composite = issubclass(model, Composite)
        mapped = issubclass(model, Composite) and model.mapped
        scope = frame.scope
        values: dict[str, Any] = {}
        places: dict[str, Path] = {}
        try:
            try:
                values, places = arguments(entry.value, order, entry.kind, whole, mapped)
            except Fault as fault:
                habit.explain(fault, entry, scope, x)
                raise
            if not composite:
                values = {
                    name: resolve(value, scope, places[name]) for name, value in values.items()
                }
            layer = self._layer_of(model, entry.kind, values)
        except (ValidationError, Fault) as error:
            self._failures[entry.at] += 1
            if self._failures[entry.at] > MAX_FAILURES:
                raise Reported from None
            if isinstance(error, ValidationError):
                if habitual := habit.fault(error, entry, scope, x):
                    with self.reporting(entry.at, frame, places=places):
                        raise habitual from None
            elif habit.told(error):
                raise
            from netspec.compiler.guess import of_arguments

            help = of_arguments(entry.kind, entry.value, scope)
            if help is None and isinstance(error, Fault):
                raise
            if isinstance(error, Fault):
                raise Fault(error.code, error.message, help, error.at, key=error.key) from None
            self.findings.report_all(
                error, model, entry.kind, entry.at, frame.trace, places, values,
                rank_of(entry.kind), help,
            )  # fmt: skip
            return None
        with self.reporting(entry.at, frame, places=places):
            habit.check(layer, entry, values)
        return Parsed(layer, values, places)

    def _layer_of(self, model: type[Layer], kind: str, values: dict[str, Any]) -> Layer:
        if self._written is None:
            return model.parse(kind, values)
        key = (kind, repr(values))
        if key not in self._written:
            self._written[key] = model.parse(kind, values)
        return self._written[key]

    def _leaf(self, layer: Layer, entry: Entry, frame: Frame, x: Flow | None, name: str) -> Node:
        assert isinstance(layer, Leaf)
        if x is None:
            raise Reported
        x.work.spend(LAYER)
        try:
            y = layer.run(x)
        except Fault as fault:
            habit.explain(fault, entry, frame.scope, x, run=True)
            raise
        key = (id(layer), x.shape)
        if key not in self._facts:
            shape = x.shape
            self._facts[key] = (
                layer.recipe(shape), layer.weights(shape), layer.buffers(shape),
                layer.macs(shape, y.shape),
            )  # fmt: skip
        recipe, weights, buffers, macs = self._facts[key]
        module = frame.module
        return Node(
            module.prefix + name, layer, x, y, recipe, entry.path, module.depth, weights, buffers,
            macs, trace=frame.trace,
        )  # fmt: skip

    def _composite(
        self, parsed: Parsed, entry: Entry, frame: Frame, x: Flow | None, own: Frame
    ) -> Node:
        layer = parsed.layer
        assert isinstance(layer, Composite)
        bodies = Bodies(self, parsed, entry, own)
        try:
            if x is None:
                raise Reported
            y = layer.run(x, bodies)
        except Reported:
            bodies.read_the_rest()
            raise
        return Node(
            own.module.prefix[:-1], layer, x, y, layer.recipe(), entry.path, frame.module.depth,
            children=own.module.nodes, trace=frame.trace,
        )  # fmt: skip
