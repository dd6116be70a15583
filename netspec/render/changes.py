"""What changed between two versions of specs, in words and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, Span, value_text
from netspec.diff.compare import Setting, SpecDiff, Status
from netspec.diff.groups import groups
from netspec.diff.layers import LayerChange, arguments
from netspec.layers.base import shape_text
from netspec.render.words import growth_text, plural, size_text, sizes_text

STATUSES: tuple[Status, ...] = ("broken", "changed", "renamed", "added", "removed", "repaired")

FIGURES: dict[str, Callable[[Plan], tuple[float | None, str]]] = {
    "params": lambda plan: (plan.totals.params, f"{plan.totals.params:,}"),
    "MACs": lambda plan: (plan.totals.macs, f"{plan.totals.macs:,}"),
    "activations": lambda plan: (
        plan.totals.activation_bytes, size_text(plan.totals.activation_bytes)
    ),
    "receptive field": lambda plan: (None, sizes_text(plan.receptive_field)),
}  # fmt: skip
"""Totals by name: the number that a percentage is taken of, and how it is written."""


_MOST = 2
"""Ways in which the layers of one entry changed that are shown."""


class Words(NamedTuple):
    """Layers that changed: sign, name, kind, what is different, and their figures."""

    sign: str
    name: str
    """Of the first of them."""
    more: int
    """How many there are beside it."""
    kind: str
    what: str
    output: str
    params: str
    macs: str
    field: str

    @property
    def also(self) -> str:
        return f" and {self.more} more" if self.more else ""


class Block(NamedTuple):
    """A block that was edited, above the rows of its entries."""

    name: str
    span: Span
    what: str


def sentence(specs: Sequence[SpecDiff]) -> str:
    """What happened to how many specs; the ones that did not change are counted."""
    number = Counter(spec.status for spec in specs)
    told = [f"{number[status]} {status}" for status in STATUSES if number[status]]
    same = number["unchanged"]
    if not told:
        return f"no change in {plural(same, 'spec')}" if same else "no specs on either side"
    first, what = told[0].split()
    told[0] = f"{plural(int(first), 'spec')} {what}"
    return ", ".join(told) + (f"; {same} unchanged" if same else "")


def errors(specs: Sequence[SpecDiff]) -> list[Diagnostic]:
    """The errors that are new."""
    return [one for spec in specs for one in spec.new if one.severity == "error"]


def broke(specs: Sequence[SpecDiff]) -> str:
    """How many new errors there are and which: nothing where there are none."""
    number = Counter(one.code for one in errors(specs))
    codes = [f"{code} ({count})" if count > 1 else code for code, count in number.items()]
    return f"{plural(number.total(), 'new error')}: {', '.join(codes)}" if codes else ""


def figures(spec: SpecDiff, arrow: str) -> dict[str, str]:
    """Totals before and after, once where they are the same; ? where a side is broken."""
    return {name: _figure(spec, of, arrow) for name, of in FIGURES.items()}


def _figure(spec: SpecDiff, of: Callable[[Plan], tuple[float | None, str]], arrow: str) -> str:
    sides = [(spec.before, spec.plans[0]), (spec.after, spec.plans[1])]
    here = [of(plan) if plan else (None, "?") for report, plan in sides if report]
    if len(here) == 1 or here[0][1] == here[1][1]:
        return here[0][1]
    (x, before), (y, after) = here
    return f"{before} {arrow} {after}{percent(x, y)}"


def percent(x: float | None, y: float | None) -> str:
    """The change in parentheses; nothing where there is no percentage of it."""
    return f" ({growth_text(x, y)})" if x and y is not None else ""


def layers(spec: SpecDiff, arrow: str) -> Iterator[Words | Block]:
    """The layers that changed, in their order, below the block that was edited."""
    for group in groups(spec.layers, *spec.plans):
        if group.block and group.span:
            grown = [(group.growth("params"), "params"), (group.growth("macs"), "MACs")]
            told = [f"{count:+,} {word}" for count, word in grown if count]
            what = ", ".join([f"{group.uses} uses", *told])
            yield Block(group.block, group.span, what)
        for entry in group.entries:
            yield _entry(entry, arrow)


def _entry(changes: Sequence[LayerChange], arrow: str) -> Words:
    """What one entry of the spec became, in however many layers."""
    a, b = changes[0]
    names, kinds = ([getattr(node, key) for node in (a, b) if node] for key in ("name", "kind"))
    return Words(
        "+" if a is None else "-" if b is None else "~",
        _step(names, arrow),
        len(changes) - 1,
        _step(kinds, arrow),
        _every([what(one, arrow) for one in changes]),
        _step([shape_text(node.output.shape) for node in (a, b) if node], arrow),
        _sums(changes, "params", arrow),
        _sums(changes, "macs", arrow),
        _step([field(node) for node in (a, b) if node], arrow),
    )


def _every(texts: Sequence[str]) -> str:
    """What is said of the layers of an entry, the first of many."""
    different = [*dict.fromkeys(filter(None, texts))]
    more = [f"and {len(different) - _MOST} more"] if len(different) > _MOST else []
    return "; ".join(different[:_MOST] + more)


def _step(sides: Sequence[str], arrow: str) -> str:
    return f" {arrow} ".join(dict.fromkeys(sides))


def _sums(changes: Sequence[LayerChange], figure: str, arrow: str) -> str:
    nodes = zip(*changes, strict=True)
    sides = [[getattr(node, figure) for node in side if node] for side in nodes]
    x, y = map(sum, sides)
    there = [f"{count:,}" for count, side in zip((x, y), sides, strict=True) if side]
    return _step(there, arrow) + (percent(x, y) if len(there) > 1 and x != y else "")


def field(node: Node) -> str:
    """The receptive field of its units."""
    fields = [axis.field for axis in node.output.axes]
    return sizes_text([one and one.size for one in fields])


def what(change: LayerChange, arrow: str) -> str:
    """The arguments that differ; of a layer that one side lacks, those that are written."""
    a, b = change
    if a is None or b is None or a.kind != b.kind:
        node = b or a
        assert node is not None
        written = {name: getattr(node.layer, name) for name in node.layer.model_fields_set}
        return ", ".join(f"{name} {shown(value)}" for name, value in sorted(written.items()))
    x, y = arguments(a), arguments(b)
    return ", ".join(
        f"{name} {shown(x.get(name))} {arrow} {shown(y.get(name))}"
        for name in x | y
        if x.get(name) != y.get(name)
    )


def setting(one: Setting, arrow: str) -> str:
    """What a setting was and is."""
    return f"{shown(one.before)} {arrow} {shown(one.after)}"


def shown(value: Any) -> str:
    """A value on one line, much as YAML has it."""
    match value:
        case None:
            return "none"
        case str():
            return value
        case dict():
            return f"{{{', '.join(f'{key}: {shown(one)}' for key, one in value.items())}}}"
        case list() | tuple():
            if isinstance(value, tuple) and len(set(value)) == 1:
                return shown(value[0])
            return f"[{', '.join(map(shown, value))}]"
    return value_text(value)
