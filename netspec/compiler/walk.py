"""Spec → Plan: variables, blocks and repeats expanded, every fact worked out."""

import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from netspec import layers, source
from netspec.compiler.expectation import disagreements
from netspec.compiler.findings import Findings, Trace
from netspec.compiler.names import RESERVED
from netspec.compiler.plan import Node, Plan, totals
from netspec.diagnostic import Diagnostic, Fault, Path, SpecError, nearest
from netspec.flow.flow import Flow, Shape
from netspec.language.entry import Entry, arguments, read
from netspec.language.expression import resolve
from netspec.language.spec import LITERAL, Expect, Spec
from netspec.layers.base import Composite, Layer, Leaf, Recipe
from netspec.source import Source

MAX_NESTING = 64
MAX_ENTRIES = 20_000

Scope = Mapping[str, Any]


class Report:
    """What there is to say about a spec file.

    `plan` is None where its network has an error; `whole` tells whether every section of the
    document could be read.
    """

    def __init__(
        self, path: str, plan: Plan | None, diagnostics: list[Diagnostic], *, whole: bool = False
    ) -> None:
        self.path, self.plan, self.diagnostics, self.whole = path, plan, diagnostics, whole

    @property
    def failed(self) -> bool:
        """Whether the spec has an error."""
        return any(found.severity == "error" for found in self.diagnostics)


def check(path: str | os.PathLike[str]) -> Report:
    """What the compiler says about a spec file; UsageError where it cannot be read."""
    try:
        return examine(source.read(path))
    except SpecError as error:
        return Report(os.fspath(path), None, error.diagnostics)


def examine(text: Source) -> Report:
    """What the compiler says about a spec that is read already."""
    compiler = _Compiler(text)
    plan = compiler.plan()
    return Report(text.path, plan, compiler.findings.all(), whole=compiler.whole)


def compile(spec: str | os.PathLike[str] | Source) -> Plan:
    """The plan of a spec; SpecError where it has errors, UsageError where it cannot be read."""
    report = examine(spec) if isinstance(spec, Source) else check(spec)
    if report.plan is None or report.failed:
        raise SpecError(report.diagnostics)
    return report.plan


class _Module:
    """The module whose children are being compiled, and the way that led there."""

    def __init__(self, prefix: str = "", depth: int = 0, above: "_Module | None" = None) -> None:
        self.prefix, self.depth = prefix, depth
        self.nodes: list[Node] = []
        self.names: set[str] = set()
        self.trace: Trace = above.trace if above else ()

    def inside(self, name: str) -> "_Module":
        """A child module."""
        return _Module(f"{self.prefix}{name}.", self.depth + 1, self)

    def using(self, entry: Entry) -> "_Module":
        """The same module while a block is spliced into it."""
        same = _Module(self.prefix, self.depth)
        same.nodes, same.names = self.nodes, self.names
        same.trace = ((entry.kind, entry.at), *self.trace)
        return same


class _Parsed(NamedTuple):
    """A layer with checked arguments, as they were written, and where."""

    layer: Layer
    values: Mapping[str, Any]
    places: Mapping[str, Path]


class _Stop(Exception):
    """A body of a composite failed, and that has been reported."""


_SEQUENTIAL = Recipe("torch.nn.Sequential", {})


@cache
def _sequential() -> Layer:
    model = layers.find("Sequential")
    assert model is not None
    return model.parse("Sequential", {"layers": []})


class _Compiler:
    def __init__(self, text: Source) -> None:
        self.source = text
        self.findings = Findings(text)
        self.spec: Spec
        self.variables: Scope
        self.whole = True
        self._entries_left = MAX_ENTRIES
        self._nesting = 0
        # What a place means in a scope is worked out once, however often it is used.
        self._parsed: dict[tuple[Path, int], _Parsed | None] = {}
        self._scopes: dict[tuple[Path, int], Scope | None] = {}
        self._facts: dict[tuple[int, Shape], tuple[Any, ...]] = {}

    def plan(self) -> Plan | None:
        """The plan, or None where an error was found on the way to it."""
        document = self._document()
        if document is None:
            return None
        self.spec, self.variables = document
        root = _Module()
        try:
            x = Flow.input(tuple(self.spec.input))
        except Fault as fault:
            self.findings.report(fault, ("input",))
            return None
        y = self._list(self.spec.layers, ("layers",), self.variables, x, root)
        if y is None:
            return None
        node = Node("", _sequential(), x, y, _SEQUENTIAL, ("layers",), children=root.nodes)
        leaves = list(node.leaves())
        name = self.spec.name or os.path.splitext(os.path.basename(self.source.path))[0]
        return Plan(name, self.spec, self.source, node, leaves, totals(node, leaves))

    # The document

    def _document(self) -> tuple[Spec, Scope] | None:
        data = self.source.data
        if not isinstance(data, dict):
            fault = Fault("wrong-type", "a spec is a mapping", "it has input: and layers: at least")
            self.findings.report(fault, ())
            return None
        try:
            scope = self._variables(data.get("vars"))
            data = {
                key: value if key in LITERAL else resolve(value, scope, (key,))
                for key, value in data.items()
            }
        except Fault as fault:
            self.findings.report(fault, ())
            return None
        try:
            return Spec.model_validate(data), scope
        except ValidationError as error:
            self.findings.report_all(error, Spec, "a spec", ())
            broken = {one["loc"][0] for one in error.errors() if one["loc"]}
        # A mistake in another section does not keep the layers from being checked.
        self.whole = False
        with suppress(ValidationError):
            sound = {key: value for key, value in data.items() if key not in broken}
            return Spec.model_validate(sound), scope
        return None

    def _variables(self, given: Any) -> Scope:
        scope: dict[str, Any] = {}
        if isinstance(given, dict):
            for name, value in given.items():
                scope[name] = resolve(value, scope, ("vars", name))
        return scope

    # Entries

    def _list(
        self, items: list[Any], path: Path, scope: Scope, x: Flow | None, module: _Module
    ) -> Flow | None:
        """The flow after a list of entries; None after an error, when only arguments are read."""
        for i, item in enumerate(items):
            x = self._entry(item, (*path, i), scope, x, module)
        return x

    def _entry(
        self, item: Any, path: Path, scope: Scope, x: Flow | None, module: _Module
    ) -> Flow | None:
        try:
            entry = read(item, path, scope)
            expect = self._expect(entry, scope, module)
            self._check_name(entry, module)
        except Fault as fault:
            self.findings.report(fault, path, module.trace)
            return None
        copies = 1 if entry.repeat is None else entry.repeat
        grouped = entry.name and (entry.kind in self.spec.blocks or entry.repeat is not None)
        inner = module.inside(entry.name) if grouped and entry.name else module
        first, y = len(inner.nodes), x
        for _ in range(copies):
            y = self._once(entry, scope, y, inner, None if grouped else entry.name)
            if y is None:
                return None
        nodes = inner.nodes[first:]
        if inner is not module and x is not None and y is not None:
            group = Node(
                inner.prefix[:-1], _sequential(), x, y, _SEQUENTIAL, path, module.depth,
                children=nodes, trace=module.trace,
            )  # fmt: skip
            module.nodes.append(group)
        if expect is not None and y is not None:
            for disagreement in disagreements(expect, nodes, y):
                self.findings.report(disagreement, (*path, "expect"), module.trace)
        return y

    def _expect(self, entry: Entry, scope: Scope, module: _Module) -> Expect | None:
        if entry.expect is None:
            return None
        try:
            return Expect.model_validate(resolve(entry.expect, scope, ("expect",)))
        except ValidationError as error:
            path = (*entry.path, "expect")
            self.findings.report_all(error, Expect, "expect", path, module.trace)
            return None

    def _check_name(self, entry: Entry, module: _Module) -> None:
        name = entry.name
        if name is None:
            return
        at = ("name",)
        if not name.isidentifier() or name.startswith("_"):
            help = "letters, digits and _ only, a letter first"
            raise Fault("bad-name", f"'{name}' is no name of a submodule", help, at)
        if name in RESERVED:
            message = f"a submodule cannot be called '{name}', which torch uses itself"
            raise Fault("bad-name", message, f"{name}_ would do", at)
        if name in module.names:
            help = "names are unique within a module; a block with a name is a module of its own"
            raise Fault("duplicate-name", f"another layer here is called '{name}'", help, at)
        module.names.add(name)

    def _once(
        self, entry: Entry, scope: Scope, x: Flow | None, module: _Module, name: str | None
    ) -> Flow | None:
        self._entries_left -= 1
        self._nesting += 1
        try:
            if self._entries_left < 0:
                raise Fault("too-large", f"more than {MAX_ENTRIES} layers", "repeat less", key=True)
            if self._nesting > MAX_NESTING:
                message = f"layers nest deeper than {MAX_NESTING}"
                raise Fault("too-deep", message, "nest them less", key=True)
            if entry.kind in self.spec.blocks:
                return self._block(entry, scope, x, module)
            return self._layer(entry, scope, x, module, name or str(len(module.nodes)))
        except Fault as fault:
            self.findings.report(fault, entry.at, module.trace)
            return None
        finally:
            self._nesting -= 1

    # Blocks

    def _block(self, entry: Entry, scope: Scope, x: Flow | None, module: _Module) -> Flow | None:
        chain = [block for block, _ in reversed(module.trace)]
        if entry.kind in chain:
            way = " → ".join([*chain[chain.index(entry.kind) :], entry.kind])
            message = f"block '{entry.kind}' uses itself: {way}"
            raise Fault("block-cycle", message, "a block can only use other blocks", key=True)
        key = (entry.at, id(scope))
        if key not in self._scopes:
            self._scopes[key] = None
            self._scopes[key] = self._bind(entry, scope)
        inner = self._scopes[key]
        if inner is None:
            return None
        path = ("blocks", entry.kind, "layers")
        return self._list(self.spec.blocks[entry.kind].layers, path, inner, x, module.using(entry))

    def _bind(self, entry: Entry, scope: Scope) -> Scope:
        """The variables inside a block: the document's, and the block's arguments."""
        formal = self.spec.blocks[entry.kind].args
        given, places = arguments(entry.value, list(formal), f"block {entry.kind}")
        for name in given:
            if name not in formal:
                known = f"known here: {', '.join(formal)}" if formal else "it takes none"
                message = f"block {entry.kind} has no argument {name}"
                help = nearest(name, formal) or known
                raise Fault("unknown-key", message, help, places[name], key=True)
        inner = dict(self.variables)
        for name, default in formal.items():
            if name in given:
                inner[name] = resolve(given[name], scope, places[name])
            elif default is not None:
                inner[name] = resolve(default, inner)
            else:
                message = f"block {entry.kind} needs {name}"
                raise Fault("missing-key", message, f"add {name}: …", key=True)
        return inner

    # Layers

    def _layer(
        self, entry: Entry, scope: Scope, x: Flow | None, module: _Module, name: str
    ) -> Flow | None:
        key = (entry.at, id(scope))
        if key not in self._parsed:
            self._parsed[key] = None
            self._parsed[key] = self._parse(entry, scope, module)
        parsed = self._parsed[key]
        if parsed is None:
            return None
        path = module.prefix + name
        try:
            if isinstance(parsed.layer, Composite):
                node = self._composite(parsed.layer, parsed, entry, scope, x, module, path)
            elif x is None:
                return None
            else:
                assert isinstance(parsed.layer, Leaf)
                node = self._leaf(parsed.layer, x, entry, module, path)
        except _Stop:
            return None
        except Fault as fault:
            place = parsed.places.get(str(fault.at[0])) if fault.at else None
            # An argument that is not written down: the layer itself is to blame.
            fault.key = place is None
            fault.at = () if place is None else (*place, *fault.at[1:])
            self.findings.report(fault, entry.at, module.trace, path)
            return None
        module.nodes.append(node)
        return node.output

    def _parse(self, entry: Entry, scope: Scope, module: _Module) -> _Parsed | None:
        model = layers.find(entry.kind)
        if model is None:
            raise _unknown(entry.kind, [*layers.KINDS, *self.spec.blocks])
        whole = model.whole if issubclass(model, Composite) else None
        values, places = arguments(entry.value, list(model.model_fields), entry.kind, whole)
        if whole is None:
            values = {name: resolve(value, scope, places[name]) for name, value in values.items()}
        try:
            return _Parsed(model.parse(entry.kind, values), values, places)
        except ValidationError as error:
            self.findings.report_all(error, model, entry.kind, entry.at, module.trace, places)
            return None

    def _leaf(self, layer: Leaf, x: Flow, entry: Entry, module: _Module, path: str) -> Node:
        y = layer.run(x)
        key = (id(layer), x.shape)
        if key not in self._facts:
            shape = x.shape
            self._facts[key] = (
                layer.recipe(shape), layer.weights(shape), layer.buffers(shape),
                layer.macs(shape, y.shape),
            )  # fmt: skip
        recipe, weights, buffers, macs = self._facts[key]
        return Node(
            path, layer, x, y, recipe, entry.path, module.depth, weights, buffers, macs,
            trace=module.trace,
        )  # fmt: skip

    def _composite(
        self,
        layer: Composite,
        parsed: _Parsed,
        entry: Entry,
        scope: Scope,
        x: Flow | None,
        module: _Module,
        path: str,
    ) -> Node:
        own = module.inside(path.rpartition(".")[2])
        left = dict(layer.bodies())

        def body(below: Path, x: Flow | None) -> Flow:
            name = left.pop(below)
            first, *rest = below
            items = parsed.values.get(str(first), [])
            for part in rest:
                items = items[part]
            at = (*entry.at, *parsed.places.get(str(first), ()), *rest)
            inner = own if name is None else own.inside(name)
            y = self._list(items, at, scope, x, inner)
            if x is None or y is None:
                raise _Stop
            if name is not None:
                child = Node(
                    own.prefix + name, _sequential(), x, y, _SEQUENTIAL, at, own.depth,
                    children=inner.nodes, trace=own.trace,
                )  # fmt: skip
                own.nodes.append(child)
            return y

        try:
            if x is None:
                raise _Stop
            y = layer.run(x, body)
        except _Stop:
            # The other bodies are read all the same, for mistakes of their own.
            for below in list(left):
                with suppress(_Stop):
                    body(below, None)
            raise
        return Node(
            path, layer, x, y, layer.recipe(), entry.path, module.depth,
            children=own.nodes, trace=module.trace,
        )  # fmt: skip


def _unknown(kind: str, known: list[str]) -> Fault:
    if reason := layers.REFUSED.get(kind):
        why, _, instead = reason.partition("; ")
        return Fault("unknown-layer", f"{kind} {why}", instead or None, key=True)
    if " - " in kind:
        help = "an item below is indented too deep, and YAML joined the two"
    elif kind.partition(":")[0] in known:
        help = "YAML wants a space after the colon"
    else:
        help = nearest(kind, known) or "layers have the names of torch.nn's classes"
    return Fault("unknown-layer", f"no layer or block is called '{kind}'", help, key=True)
