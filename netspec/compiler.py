"""Spec → Plan: variables, blocks and repeats expanded, every fact worked out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from netspec import layers, source
from netspec.diagnostic import Diagnostic, Fault, Path, SpecError, nearest
from netspec.entry import Entry, arguments, read
from netspec.expression import resolve
from netspec.flow import Flow, Shape
from netspec.layers.base import Composite, Layer, Leaf, Recipe
from netspec.plan import Node, Plan, Trace, totals
from netspec.reserved import RESERVED
from netspec.source import Source
from netspec.spec import LITERAL, Expect, Spec
from netspec.validation import faults

MAX_NESTING = 64
MAX_ENTRIES = 200_000

Scope = Mapping[str, Any]


@dataclass(slots=True)
class Report:
    """What there is to say about a spec file; `plan` is None where its network has an error."""

    path: str
    source: Source | None = None
    plan: Plan | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the spec has an error."""
        return any(found.severity == "error" for found in self.diagnostics)


def check(path: str | os.PathLike[str]) -> Report:
    """Everything there is to say about a spec file; UsageError where it cannot be read."""
    try:
        return examine(source.read(path))
    except SpecError as error:
        return Report(os.fspath(path), diagnostics=error.diagnostics)


def examine(text: Source) -> Report:
    """Everything there is to say about a spec that is read already."""
    compiler = _Compiler(text)
    plan = compiler.plan()
    return Report(text.path, text, plan, sorted(compiler.found.values(), key=_place))


def compile(spec: str | os.PathLike[str] | Source) -> Plan:
    """The plan of a spec; SpecError where it has errors, UsageError where it cannot be read."""
    report = check(spec) if not isinstance(spec, Source) else examine(spec)
    if report.plan is None or report.failed:
        raise SpecError([d for d in report.diagnostics if d.severity == "error"])
    return report.plan


def _place(found: Diagnostic) -> tuple[int, int]:
    return (found.span.line, found.span.column) if found.span else (0, 0)


@dataclass(slots=True)
class _Module:
    """The module whose children are being compiled, and the way that led there."""

    prefix: str = ""
    depth: int = 0
    nodes: list[Node] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    trace: Trace = ()
    ignore: tuple[str, ...] = ()

    def inside(self, name: str) -> _Module:
        return _Module(f"{self.prefix}{name}.", self.depth + 1, trace=self.trace, ignore=self.ignore)

    def using(self, block: str, at: Path, ignore: tuple[str, ...]) -> _Module:
        """The same module while a block is spliced into it."""
        trace = ((block, at), *self.trace)
        return _Module(self.prefix, self.depth, self.nodes, self.names, trace, self.ignore + ignore)


@dataclass(frozen=True, slots=True)
class _Parsed:
    layer: Layer
    values: Mapping[str, Any]
    places: Mapping[str, Path]


class _Stop(Exception):
    """A body of a composite failed; it has been reported."""


class _Compiler:
    def __init__(self, text: Source) -> None:
        self.source = text
        self.found: dict[tuple[str, object, str], Diagnostic] = {}
        self.spec: Spec
        self._entries_left = MAX_ENTRIES
        self._nesting = 0
        self._parsed: dict[tuple[Path, int], _Parsed | None] = {}
        self._scopes: dict[tuple[Path, int], Scope | None] = {}
        self._facts: dict[tuple[int, Shape], tuple[Any, ...]] = {}

    def plan(self) -> Plan | None:
        """The plan, or None where an error was found on the way to it."""
        document = self._document()
        if document is None:
            return None
        self.spec, scope = document
        root = _Module()
        try:
            x = Flow.input(tuple(self.spec.input))
        except Fault as fault:
            self._report(fault, ("input",))
            return None
        y = self._list(self.spec.layers, ("layers",), scope, x, root)
        if y is None or self.found:
            return None
        node = Node("", self._sequential(), x, y, _SEQUENTIAL, ("layers",), children=root.nodes)
        leaves = list(node.leaves())
        name = self.spec.name or os.path.splitext(os.path.basename(self.source.path))[0]
        return Plan(name, self.spec, self.source, node, leaves, totals(leaves))

    # The document

    def _document(self) -> tuple[Spec, Scope] | None:
        data = self.source.data
        if not isinstance(data, dict):
            self._report(Fault("wrong-type", "a spec is a mapping with input: and layers:"), ())
            return None
        scope = self._variables(data.get("vars"))
        if scope is None:
            return None
        try:
            data = {
                key: value if (key,) in LITERAL else resolve(value, scope, (key,))
                for key, value in data.items()
            }
            return Spec.model_validate(data), scope
        except Fault as fault:
            self._report(fault, ())
        except ValidationError as error:
            self._report_all(error, Spec, "a spec", ())
        return None

    def _variables(self, given: Any) -> dict[str, Any] | None:
        scope: dict[str, Any] = {}
        if isinstance(given, dict):
            for name, value in given.items():
                try:
                    scope[name] = resolve(value, scope)
                except Fault as fault:
                    self._report(fault, ("vars", name))
                    return None
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
            self._check_name(entry, module)
            expect = self._expect(entry, scope)
        except Fault as fault:
            self._report(fault, path, module.trace, key=len(fault.at) == 1 and fault.at[0] not in
                         ("name", "repeat", "ignore"))  # fmt: skip
            return None
        is_block = entry.kind in self.spec.blocks
        copies = 1 if entry.repeat is None else entry.repeat
        grouped = entry.name is not None and (is_block or entry.repeat is not None)
        inner = module.inside(entry.name) if grouped and entry.name else module
        first, start = len(inner.nodes), x
        for _ in range(copies):
            x = self._once(entry, scope, x, inner, None if grouped else entry.name)
            if x is None:
                break
        nodes = inner.nodes[first:]
        if grouped and entry.name and start is not None and x is not None:
            group = Node(
                module.prefix + entry.name, self._sequential(), start, x, _SEQUENTIAL, path,
                module.depth, children=nodes, trace=module.trace, ignore=entry.ignore,
            )  # fmt: skip
            module.nodes.append(group)
        if expect is not None and x is not None:
            self._compare(expect, entry, nodes, x, module)
        return x

    def _once(
        self, entry: Entry, scope: Scope, x: Flow | None, module: _Module, name: str | None
    ) -> Flow | None:
        self._entries_left -= 1
        if self._entries_left < 0 or self._nesting >= MAX_NESTING:
            fault = (
                Fault("too-large", f"more than {MAX_ENTRIES} layers", "fewer copies")
                if self._entries_left < 0
                else Fault("too-deep", f"layers nest deeper than {MAX_NESTING}", "nest them less")
            )
            self._report(fault, entry.at, module.trace, key=True)
            return None
        self._nesting += 1
        try:
            if entry.kind in self.spec.blocks:
                return self._block(entry, scope, x, module)
            return self._layer(entry, scope, x, module, name)
        finally:
            self._nesting -= 1

    def _check_name(self, entry: Entry, module: _Module) -> None:
        name = entry.name
        if name is None:
            return
        if not name.isidentifier() or name.startswith("_"):
            raise Fault("bad-name", f"'{name}' is no submodule name",
                        "letters, digits and _ only, a letter first", ("name",))  # fmt: skip
        if name in RESERVED:
            raise Fault("bad-name", f"a submodule cannot be called '{name}', which torch uses itself",
                        f"{name}_ would do", ("name",))  # fmt: skip
        if name in module.names:
            raise Fault("duplicate-name", f"another layer beside this one is called '{name}'",
                        "names are unique within a list", ("name",))  # fmt: skip
        module.names.add(name)

    # Blocks

    def _block(self, entry: Entry, scope: Scope, x: Flow | None, module: _Module) -> Flow | None:
        chain = [block for block, _ in reversed(module.trace)]
        if entry.kind in chain:
            way = " → ".join([*chain[chain.index(entry.kind) :], entry.kind])
            fault = Fault("block-cycle", f"block '{entry.kind}' uses itself: {way}",
                          "a block can only use other blocks")  # fmt: skip
            self._report(fault, entry.at, key=True)
            return None
        inner = self._scope(entry, scope, module)
        if inner is None:
            return None
        block = self.spec.blocks[entry.kind]
        spliced = module.using(entry.kind, entry.at, entry.ignore)
        path = ("blocks", entry.kind, "layers")
        return self._list(block.layers, path, inner, x, spliced)

    def _scope(self, entry: Entry, scope: Scope, module: _Module) -> Scope | None:
        key = (entry.at, id(scope))
        if key not in self._scopes:
            self._scopes[key] = self._bind(entry, scope, module)
        return self._scopes[key]

    def _bind(self, entry: Entry, scope: Scope, module: _Module) -> Scope | None:
        """The variables inside a block: the document's, and the block's arguments."""
        formal = self.spec.blocks[entry.kind].args
        try:
            given, places = arguments(entry.value, list(formal), f"block {entry.kind}")
            given = {
                name: resolve(value, scope, places[name]) for name, value in given.items()
            }
        except Fault as fault:
            self._report(fault, entry.at, module.trace)
            return None
        inner = self._globals(scope)
        for name, default in formal.items():
            if name not in given and default is None:
                fault = Fault("missing-key", f"block {entry.kind} needs {name}", f"add {name}: …")
                self._report(fault, entry.at, module.trace, key=True)
                return None
            try:
                inner[name] = given.pop(name) if name in given else resolve(default, inner)
            except Fault as fault:
                self._report(fault, ("blocks", entry.kind, "args", name), module.trace)
                return None
        for name in given:
            fault = Fault("unknown-key", f"block {entry.kind} has no argument {name}",
                          nearest(name, formal) or f"known here: {', '.join(formal)}",
                          places[name])  # fmt: skip
            self._report(fault, entry.at, module.trace, key=True)
            return None
        return inner

    def _globals(self, scope: Scope) -> dict[str, Any]:
        return {name: scope[name] for name in self.spec.vars}

    # Layers

    def _layer(
        self, entry: Entry, scope: Scope, x: Flow | None, module: _Module, name: str | None
    ) -> Flow | None:
        key = (entry.at, id(scope))
        if key not in self._parsed:
            self._parsed[key] = self._parse(entry, scope, module)
        parsed = self._parsed[key]
        if parsed is None:
            return None
        index = name or str(len(module.nodes))
        path = module.prefix + index
        try:
            if isinstance(parsed.layer, Composite):
                return self._composite(entry, parsed, scope, x, module, index)
            if x is None:
                return None
            assert isinstance(parsed.layer, Leaf)
            node = self._leaf(parsed.layer, x, path, entry, module)
        except Fault as fault:
            place = parsed.places.get(str(fault.at[0]) if fault.at else "")
            fault.at = () if place is None else (*place, *fault.at[1:])
            self._report(fault, entry.at, module.trace, key=place is None, layer=path)
            return None
        module.nodes.append(node)
        return node.output

    def _parse(self, entry: Entry, scope: Scope, module: _Module) -> _Parsed | None:
        model = layers.find(entry.kind)
        if model is None:
            known = [*layers.KINDS, *self.spec.blocks]
            guess = nearest(entry.kind, known) or "layers have torch.nn's names; blocks come first"
            fault = Fault("unknown-layer", f"no layer or block is called '{entry.kind}'", guess)
            self._report(fault, entry.at, module.trace, key=True)
            return None
        places: dict[str, Path] = {}
        try:
            whole = model.whole if issubclass(model, Composite) else None
            values, places = arguments(entry.value, list(model.model_fields), entry.kind, whole)
            if whole is None:
                values = {k: resolve(value, scope, places[k]) for k, value in values.items()}
            return _Parsed(model.parse(entry.kind, values), values, places)
        except Fault as fault:
            self._report(fault, entry.at, module.trace)
        except ValidationError as error:
            self._report_all(error, model, entry.kind, entry.at, places, module.trace)
        return None

    def _leaf(self, layer: Leaf, x: Flow, path: str, entry: Entry, module: _Module) -> Node:
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
            trace=module.trace, ignore=module.ignore + entry.ignore,
        )  # fmt: skip

    def _composite(
        self, entry: Entry, parsed: _Parsed, scope: Scope, x: Flow | None, module: _Module,
        index: str,
    ) -> Flow | None:  # fmt: skip
        layer = parsed.layer
        assert isinstance(layer, Composite)
        own = module.inside(index)
        left = dict(layer.bodies())

        def body(path: Path, x: Flow | None) -> Flow:
            name = left.pop(path)
            items = _at(parsed.values, path)
            at = (*entry.at, *parsed.places.get(str(path[0]), ()), *path[1:])
            inner = own if name is None else own.inside(name)
            y = self._list(items, at, scope, x, inner)
            if x is None or y is None:
                raise _Stop
            if name is not None:
                node = Node(
                    own.prefix + name, self._sequential(), x, y, _SEQUENTIAL, at, own.depth,
                    children=inner.nodes, trace=own.trace,
                )  # fmt: skip
                own.nodes.append(node)
            return y

        try:
            if x is None:
                raise _Stop
            y = layer.run(x, body)
        except _Stop:
            # What the failed body would have led to is not reported; other bodies are still read.
            for path in list(left):
                with suppress(_Stop):
                    body(path, None)
            return None
        node = Node(
            module.prefix + index, layer, x, y, layer.recipe(), entry.path, module.depth,
            children=own.nodes, trace=module.trace, ignore=module.ignore + entry.ignore,
        )  # fmt: skip
        module.nodes.append(node)
        return y

    def _sequential(self) -> Layer:
        model = layers.find("Sequential")
        assert model is not None
        return model.parse("Sequential", {"layers": []})

    # Expectations

    def _expect(self, entry: Entry, scope: Scope) -> Expect | None:
        if entry.expect is None:
            return None
        try:
            return Expect.model_validate(resolve(entry.expect, scope, ("expect",)))
        except ValidationError as error:
            self._report_all(error, Expect, "expect", (*entry.path, "expect"))
            return None

    def _compare(
        self, expect: Expect, entry: Entry, nodes: list[Node], y: Flow, module: _Module
    ) -> None:
        fields = [axis.field for axis in y.axes]
        facts: dict[str, Any] = {
            "output": list(y.shape),
            "params": sum(node.params for node in nodes),
            "macs": sum(leaf.macs for node in nodes for leaf in node.leaves()),
            "receptive_field": [f and f.size for f in fields],
            "jump": [f and f.jump for f in fields],
        }
        for name in expect.model_fields_set:
            wanted, got = getattr(expect, name), facts[name]
            each = wanted if isinstance(wanted, list) or not isinstance(got, list) else (
                [wanted] * len(got)
            )  # fmt: skip
            if wanted is not None and each != got:
                shown = got[0] if isinstance(got, list) and len(set(map(str, got))) == 1 else got
                shown = got if name == "output" else shown
                fault = Fault(f"expect-{name.replace('_', '-')}",
                              f"{name} is {_text(shown)}, not {_text(wanted)}",
                              f"if that is meant, expect {_text(shown)}",
                              ("expect", name))  # fmt: skip
                self._report(fault, entry.path, module.trace)

    # Reports

    def _report(
        self, fault: Fault, path: Path, trace: Trace = (), *, key: bool = False,
        layer: str | None = None,
    ) -> None:  # fmt: skip
        key = key or fault.code in ("unknown-key", "unknown-layer")
        span = self.source.span((*path, *fault.at), key=key)
        found = Diagnostic(
            fault.code, fault.message, help=fault.help, path=self.source.path, span=span,
            layer=layer,
            trace=tuple((block, self.source.span(at, key=True)) for block, at in trace),
        )  # fmt: skip
        self.found.setdefault((fault.code, span, fault.message), found)

    def _report_all(
        self, error: ValidationError, model: type[BaseModel], what: str, path: Path,
        places: Mapping[str, Path] | None = None, trace: Trace = (),
    ) -> None:  # fmt: skip
        for fault in faults(error, model, what):
            missing = fault.code == "missing-key"
            at = fault.at[:-1] if missing else fault.at
            if places is not None and at:
                at = (*places.get(str(at[0]), (at[0],)), *at[1:])
            fault.at = at
            self._report(fault, path, trace, key=missing)


_SEQUENTIAL = Recipe("torch.nn.Sequential", {})


def _at(values: Mapping[str, Any], path: Path) -> list[Any]:
    found: Any = values.get(str(path[0]), [])
    for part in path[1:]:
        found = found[part]
    return list(found)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_text(one) for one in value)}]"
    return "none" if value is None else str(value)
