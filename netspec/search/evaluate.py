"""Figures of one candidate after another, each part of the network worked out once.

A network is a chain of entries. What an entry adds to the figures depends on what it says, on the
variables it reads and on the flow that comes in: where all of that was seen before, so was the
part. The parts themselves come from the compiler's own walk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from netspec import layers
from netspec.compiler import blocks
from netspec.compiler.document import Scope
from netspec.compiler.expectation import disagreements
from netspec.compiler.findings import Enough, Findings, Trace
from netspec.compiler.frame import Frame, Module, Reported
from netspec.compiler.walk import MAX_ENTRIES, MAX_NESTING, Walk, Written
from netspec.diagnostic import Diagnostic, Fault, Path
from netspec.flow.flow import Flow
from netspec.flow.work import LIMIT, Work
from netspec.language import names
from netspec.language.entry import BESIDE, Entry, read
from netspec.language.override import placed
from netspec.language.spec import Block
from netspec.layers.base import Composite
from netspec.layers.roles import Group
from netspec.search.bounds import Figures
from netspec.search.candidate import bound, errors, figures, plan_of
from netspec.search.heads import Head, Heads
from netspec.search.parts import Chain, Odd, Part, Refused, of_nodes
from netspec.search.reach import APART, Pick, Reach, pick
from netspec.search.space import Point, Space
from netspec.search.variables import Variables
from netspec.source import Source

MAX_KEPT = 200_000
"""Parts that are kept; then all are worked out anew."""
Outcome = Part | Diagnostic


class _Candidate:
    """A point with what is only worked out where a part of it is new."""

    def __init__(self, engine: Evaluator, point: Point, head: Head) -> None:
        self.engine, self.point = engine, point
        self.variables = engine.variables.scope(point)
        self.version = engine.of_blocks(point)
        self.blocks = engine.blocks(point, self.version)
        self.document = head.document._replace(variables=self.variables, blocks=self.blocks)
        self.scopes: list[Scope] = []
        """Of blocks: a walk tells them apart by where they are in memory."""
        self.begin()

    def begin(self) -> None:
        """Have nothing found yet."""
        self.findings = Findings(self.engine.source)
        self.walk = Walk(self.document, self.findings, self.engine.written)


class Evaluator:
    """Judges the points of a space."""

    def __init__(self, source: Source, space: Space) -> None:
        self.source, self.space = source, space
        first = bound(source, space, (0,) * len(space.axes)).data
        reach = Reach(first, space.axes)
        self._whole = not isinstance(first.get("layers"), list) or any(
            place[0] in APART and len(place) < 2 for place in reach.paths
        )
        self._work = Work()
        self._flows: dict[tuple[Any, ...], int] = {}
        self._parts: dict[tuple[Any, ...], Outcome] = {}
        self._unders: dict[Path, Pick] = {}
        self._reads: dict[Path, tuple[list[str], list[str]]] = {}
        self._blocks: dict[Point, Mapping[str, Block]] = {}
        self.written: Written = {}
        if self._whole:
            return
        self.variables = Variables(source, space, reach)
        self.of_blocks = pick(reach.touching(("blocks",)))
        self._reach = reach
        self._heads = Heads(source, space, reach, self._work, self._flow)
        self._entries: list[tuple[Pick, dict[Any, Outcome], int]] = [
            (pick(reach.part(("layers", i))), {}, i) for i in range(len(first["layers"]))
        ]  # fmt: skip
        self._items = [
            (item, reach.touching(("layers", i))) for i, item in enumerate(first["layers"])
        ]
        self._kept = 0

    def judge(self, point: Point) -> Figures:
        """The figures of a candidate; Refused where it has an error."""
        if not self._whole:
            try:
                return self._judge(point)
            except Odd:
                pass
        plan = plan_of(bound(self.source, self.space, point))
        for found in errors(plan):
            raise Refused(found)
        return figures(plan)

    def _judge(self, point: Point) -> Figures:
        self.variables.check(point)
        head = self._heads.at(point)
        x, flow, chain, candidate = head.x, head.flow, Chain(), None
        for chosen, known, i in self._entries:
            key = (chosen(point), flow)
            part = known.get(key)
            if part is None:
                candidate = candidate or _Candidate(self, point, head)
                part = self._part(
                    candidate, self._item(point, i), ("layers", i), candidate.variables, (), 0,
                    x, flow,
                )  # fmt: skip
                self._keep(known, key, part)
            if isinstance(part, Diagnostic):
                raise Refused(part)
            chain.add(part)
            x, flow = part[0], part[1]
        if chain.steps > LIMIT or chain.entries > MAX_ENTRIES:
            raise Odd
        found = Figures(
            chain.params, chain.macs, 4 * chain.numel, chain.bytes, chain.layers,
            *chain.seen_after(x), head.x.shape, x.shape,
        )  # fmt: skip
        self._heads.audit(point, head, found)
        return found

    def _item(self, point: Point, i: int) -> Any:
        """An entry of the network as it is at a point."""
        item, axes = self._items[i]
        for at in axes:
            axis = self.space.axes[at]
            item = placed(item, axis.parts[2:], axis.values[point[at]])
        return item

    def blocks(self, point: Point, version: Point) -> Mapping[str, Block]:
        """What blocks are at a point; `version` is what the point says of them."""
        if version not in self._blocks:
            data = bound(self.source, self.space, point).data
            self._blocks[version] = {
                name: Block.model_construct(args=body.get("args", {}), layers=body["layers"])
                for name, body in (data.get("blocks") or {}).items()
            }
        return self._blocks[version]

    def _keep(self, known: dict[Any, Outcome], key: tuple[Any, ...], part: Outcome) -> None:
        """Remember a part, and forget all of them where they are too many."""
        self._kept += 1
        if self._kept > MAX_KEPT:
            self._kept = 1
            for forgotten in (self._parts, self._blocks, self.written):
                forgotten.clear()
            for _, parts, _ in self._entries:
                parts.clear()
        known[key] = part

    def _flow(self, x: Flow) -> int:
        tensor = x.tensor
        key = (x.shape, x.axes, x.global_context, tensor.grad, tensor.saved, tensor.shared)
        return self._flows.setdefault(key, len(self._flows))

    def _part(
        self, candidate: _Candidate, item: Any, path: Path, scope: Scope, trace: Trace,
        depth: int, x: Flow, flow: int,
    ) -> Outcome:  # fmt: skip
        """What an entry is on a flow at a place."""
        if path not in self._unders:
            self._unders[path] = pick(self._reach.touching(path))
            self._reads[path] = self._reach.names(path, item)
        own, below = self._reads[path]
        values = [_mark(scope.get(name)) for name in own]
        if below:
            values += [_mark(candidate.variables.get(name)) for name in below]
        under = self._unders[path](candidate.point)
        key = (path, under, candidate.version, depth, flow, tuple(values))
        part = self._parts.get(key)
        if part is None:
            if _is_group(item, candidate.blocks):
                try:
                    part = self._group(candidate, item, path, scope, trace, depth, x, flow)
                except Refused as refused:
                    part = refused.found
                except (Fault, Reported, ValidationError):
                    candidate.begin()
            if part is None:
                part = self._walked(candidate, item, path, scope, trace, depth, x)
            self._keep(self._parts, key, part)
        return part

    def _walked(
        self, candidate: _Candidate, item: Any, path: Path, scope: Scope, trace: Trace,
        depth: int, x: Flow,
    ) -> Outcome:  # fmt: skip
        """What the compiler makes of an entry."""
        findings, walk, module = candidate.findings, candidate.walk, Module()
        walk.nesting, walk.entries_left = depth, MAX_ENTRIES
        self._work.left = LIMIT
        try:
            y = walk.entry(item, path, Frame(scope, module, trace), x)
        except (Reported, Enough):
            y = x
            if not len(findings):
                raise Odd from None
        if len(findings):
            return findings.all()[0]
        steps, named = LIMIT - self._work.left, tuple(module.names)
        part = of_nodes(module.nodes, x, y, self._flow(y), steps, named)
        return part._replace(entries=MAX_ENTRIES - walk.entries_left)

    def _group(
        self, candidate: _Candidate, item: Any, path: Path, scope: Scope, trace: Trace,
        depth: int, x: Flow, flow: int,
    ) -> Part | None:  # fmt: skip
        """What an entry is that only stands for others in a row; None where it is not as told."""
        entry = read(item, path, scope)
        block = candidate.blocks.get(entry.kind)
        if depth >= MAX_NESTING:
            raise Odd
        walk, frame = candidate.walk, Frame(scope, Module(), trace)
        expect = walk.expect(entry.expect, path, frame)
        if entry.name is not None:
            names.check(entry.name, set())
        chain = Chain()
        for _ in range(1 if entry.repeat is None else entry.repeat):
            chain.entries += 1
            if block is not None:
                blocks.check_cycle(entry.kind, trace)
                inner = blocks.bind(entry, block.args, scope, candidate.variables)
                candidate.scopes.append(inner)
                at: Path = ("blocks", entry.kind, "layers")
                used = ((entry.kind, entry.at), *trace)
                x, flow = self._run(
                    candidate, block.layers, at, inner, used, depth + 1, x, flow, chain
                )
            else:
                items, at = _body(walk, entry, frame, x)
                row = Chain()
                x, flow = self._run(candidate, items, at, scope, trace, depth + 1, x, flow, row)
                row.seen = row.seen_after(x)
                chain.add(row.part(x, flow, ()))
        if expect and any(disagreements(expect, chain.params, chain.macs, x)):
            return None
        if len(candidate.findings):
            raise Reported
        if entry.name is None:
            return chain.part(x, flow, chain.names)
        chain.seen = chain.seen_after(x)
        return chain.part(x, flow, (entry.name,))

    def _run(
        self, candidate: _Candidate, items: list[Any], path: Path, scope: Scope, trace: Trace,
        depth: int, x: Flow, flow: int, chain: Chain,
    ) -> tuple[Flow, int]:  # fmt: skip
        """The flow after a list of entries, whose parts go into a chain."""
        for i, item in enumerate(items):
            part = self._part(candidate, item, (*path, i), scope, trace, depth, x, flow)
            if isinstance(part, Diagnostic):
                raise Refused(part)
            chain.add(part)
            x, flow = part.y, part.flow
        return x, flow


def _body(walk: Walk, entry: Entry, frame: Frame, x: Flow) -> tuple[list[Any], Path]:
    """The entries of a composite that is a row of them, and where they are written."""
    parsed = walk.parse(entry, frame, x)
    if parsed is None:
        raise Reported
    assert isinstance(parsed.layer, Composite)
    ((name, *rest),) = parsed.layer.bodies()
    items = parsed.values.get(str(name), [])
    if rest or not isinstance(items, list):
        raise Reported
    return items, (*entry.at, *parsed.places.get(str(name), ()))


def _is_group(item: Any, blocks: Mapping[str, Block]) -> bool:
    """Whether an entry only stands for others in a row."""
    kinds = [item] if isinstance(item, str) else []
    if isinstance(item, dict):
        kinds = [key for key in item if key not in BESIDE]
    return len(kinds) == 1 and (kinds[0] in blocks or _groups(kinds[0]))


def _groups(kind: str) -> bool:
    """Whether a kind of layer is others in a row."""
    model = layers.find(kind)
    return model is not None and isinstance(model.role, Group)


def _mark(value: Any) -> Any:
    """What tells a value from others; True is not 1 and 1.0 neither."""
    return value if type(value) in (int, str) else (type(value), repr(value))
