"""Where findings are shown, and where a spec says that rules do not apply."""

from collections.abc import Iterator
from typing import Any

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import Path, Span
from netspec.language.entry import BESIDE
from netspec.source import Source


def written(source: Source, node: Node, at: Path) -> Span:
    """Where an argument of a layer is written; the layer's name where it is not."""
    path, value = node.path, _at(source.data, node.path)
    if isinstance(value, dict):
        kind = next((key for key in value if key not in BESIDE), "")
        path, value = (*path, kind), value[kind]
    if at:
        order = list(type(node.layer).model_fields)
        if isinstance(value, dict) and at[0] in value:
            return source.span((*path, *at))
        if isinstance(value, list) and order.index(str(at[0])) < len(value):
            return source.span((*path, order.index(str(at[0])), *at[1:]))
        if value is not None and not isinstance(value, dict | list) and order[0] == at[0]:
            return source.span(path)
    return source.span(path, key=True)


def in_order(source: Source, node: Node) -> list[Any] | None:
    """The arguments of a layer as they are written in torch's order; None where they are not."""
    value = _at(source.data, node.path)
    if isinstance(value, dict):
        value = next((value[key] for key in value if key not in BESIDE), None)
    return value if isinstance(value, list) else None


class Ignore:
    """A rule that does not apply to the whole spec, or to what comes from one entry."""

    __slots__ = ("at", "entry", "rule", "used")

    def __init__(self, rule: str, at: Path, entry: Path | None = None) -> None:
        self.rule, self.at, self.entry, self.used = rule, at, entry, False

    def covers(self, rule: str, node: Node | None) -> bool:
        """Whether it silences a rule at a layer, or at none."""
        return rule == self.rule and (self.entry is None or (node is not None and self.holds(node)))

    def holds(self, node: Node) -> bool:
        """Whether a layer comes from its entry."""
        entry = self.entry or ()
        ways = (node.path, *(use for _, use in node.trace))
        return any(way[: len(entry)] == entry for way in ways)

    def reached(self, plan: Plan) -> bool:
        """Whether any layer comes from its entry."""
        return self.entry is None or any(map(self.holds, plan.leaves))


def ignores(plan: Plan) -> list[Ignore]:
    """Every rule that the spec ignores somewhere."""
    found = [Ignore(rule, ("audit", "ignore", i)) for i, rule in enumerate(plan.spec.audit.ignore)]
    if plan.source.text.count("ignore") > bool(found):
        lists: list[tuple[Path, Any]] = [(("layers",), plan.spec.layers)]
        lists += [(("blocks", b, "layers"), one.layers) for b, one in plan.spec.blocks.items()]
        for path, items in lists:
            found += _entries(items, path)
    return found


def _entries(items: list[Any], path: Path) -> Iterator[Ignore]:
    """What the entries of a list and the lists in them ignore."""
    for i, item in enumerate(items):
        at = (*path, i)
        if isinstance(item, list):
            yield from _entries(item, at)
        elif isinstance(item, dict):
            for j, rule in enumerate(item.get("ignore") or ()):
                yield Ignore(rule, (*at, "ignore", j), at)
            for key, value in item.items():
                if key not in BESIDE:
                    inner = value if isinstance(value, dict) else {None: value}
                    for name, body in inner.items():
                        below = (*at, key) if name is None else (*at, key, name)
                        if isinstance(body, dict):
                            yield from _entries(body.get("layers") or [], (*below, "layers"))
                        elif isinstance(body, list):
                            yield from _entries(body, below)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data
