"""Ways out that several rules have, as exact edits."""

from collections.abc import Sequence
from typing import Any

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import Edit, Fix, Path
from netspec.language.entry import BESIDE
from netspec.rules import Finding
from netspec.source import edit, members
from netspec.source.dump import flow


def everywhere(plan: Plan, alike: Sequence[Finding]) -> Node | None:
    """The node of findings about one entry, if they are about all layers that come from it.

    What mends one use of a block may not be right for another.
    """
    node = alike[0].node
    if node is None:
        return None
    return node if plan.uses[node.path] == len(alike) else None


def without(plan: Plan, alike: Sequence[Finding]) -> Fix | None:
    """The fix that takes an entry out of its list."""
    node = everywhere(plan, alike)
    if node is None:
        return None
    return edit.fix(
        plan.source,
        f"remove this {node.kind}",
        members.removed(plan.source, node.path, False),
        False,
    )


def with_argument(plan: Plan, alike: Sequence[Finding], name: str, value: Any) -> Fix | None:
    """The fix that gives an argument of a layer by name."""
    node = everywhere(plan, alike)
    if node is None:
        return None
    source, more = plan.source, f"{name}: {flow(value)}"
    written, at = arguments(plan, node)
    edits: list[Edit | None]
    if at == node.path:
        edits = [edit.rewritten(source, at, f"{node.kind}: {{{more}}}")]
    elif written is None:
        edits = [edit.replaced(source, at, {name: value})]
    elif isinstance(written, dict) and name in written:
        # What a variable says it may say elsewhere too.
        told = isinstance(written[name], str)
        edits = [None if told else edit.replaced(source, (*at, name), value)]
    elif isinstance(written, dict):
        edits = [members.added(source, at, name, flow(value))]
    else:
        edits = members.named(source, at, type(node.layer).in_order(), more)
    return edit.fix(source, f"write {more}", edits, safe=False)


def without_argument(plan: Plan, node: Node, name: str, safe: bool) -> Fix | None:
    """The fix that takes an argument of a layer away."""
    written, at = arguments(plan, node)
    edits: list[Edit | None] = [None]
    if isinstance(written, dict) and name in written:
        edits = members.removed(plan.source, (*at, name), sole=False)
    elif isinstance(written, list) and type(node.layer).in_order().index(name) == len(written) - 1:
        edits = members.removed(plan.source, (*at, len(written) - 1), sole=False)
    return edit.fix(plan.source, f"remove {name}", edits, safe)


def with_value(plan: Plan, at: Path, value: Any) -> Fix | None:
    """The fix that puts another value at a path."""
    title = f"write {at[-1]}: {flow(value)}"
    return edit.fix(plan.source, title, [edit.replaced(plan.source, at, value)], safe=False)


def arguments(plan: Plan, node: Node) -> tuple[Any, Path]:
    """The arguments of a layer as they are written, and where."""
    value: Any = plan.source.data
    for part in node.path:
        value = value[part]
    if not isinstance(value, dict):
        return None, node.path
    kind = next(key for key in value if key not in BESIDE)
    return value[kind], (*node.path, kind)
