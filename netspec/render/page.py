"""A network as one HTML page that loads nothing: its layers, their cost, and what each unit reads.

All words of a spec are escaped, and the page's policy lets no script run but its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape as markup

from netspec.compiler.node import Node
from netspec.compiler.plan import BYTES, Plan
from netspec.diagnostic import Diagnostic
from netspec.layers.base import shape_text
from netspec.layers.graph import Graph
from netspec.layers.roles import Join
from netspec.render import safe, web
from netspec.render.page_data import data

SCRIPTS = (*web.VIEW, "start.js")


def render(plan: Plan, findings: Sequence[Diagnostic]) -> str:
    """The page of a plan."""
    body = f"<h1>{_text(plan.name)}</h1>\n{sections(plan, findings)}"
    return web.document(plan.name, body, SCRIPTS)


def sections(plan: Plan, findings: Sequence[Diagnostic]) -> str:
    """All of it but its heading, for any page that has `SCRIPTS`."""
    totals = plan.totals
    facts = (
        f"{shape_text(plan.input)} to {shape_text(plan.output)}, {totals.params:,} parameters, "
        f"{totals.macs:,} MACs, {totals.activation_bytes:,} bytes of activations"
    )
    names = {leaf.name for leaf in plan.leaves}
    parts = [
        f"<p>{_text(facts)}</p>",
        _notes([found for found in findings if found.layer not in names]),
        '<div id="view"></div>',
        f'<section><h2>Network</h2>\n<div class="net">{_boxes(plan.root)}</div></section>',
        f"<section><h2>Layers</h2>\n{_table(plan, findings)}</section>",
        web.embedded("data", data(plan)),
    ]
    return "\n".join(filter(None, parts))


def _text(text: str) -> str:
    return markup(safe.escape(text))


def _boxes(root: Node) -> str:
    """The tree as boxes in boxes: what follows each other below, paths of one layer side by side.

    Without recursion: blocks nest as deep as a spec says.
    """
    parts: list[str] = []
    stack: list[Node | str] = [root]
    sources: dict[str, str] = {}
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(node)
        elif not node.children:
            parts.append(f'<div class="leaf">{_label(node, sources)}</div>')
        else:
            way = "beside" if isinstance(node.role, Join) else "down"
            if isinstance(node.layer, Graph):
                reads = node.layer.reads()
                for child in node.children:
                    sources[child.name] = ", ".join(reads.get(child.name.rpartition(".")[2], ()))
            parts.append(
                f'<details open><summary>{_label(node, sources)}</summary><div class="{way}">'
            )
            stack.append("</div></details>")
            stack.extend(reversed(node.children))
    return "".join(parts)


def _label(node: Node, sources: Mapping[str, str]) -> str:
    shape = shape_text(node.output.shape)
    reads = f" reads {_text(sources[node.name])}" if sources.get(node.name) else ""
    return f"<b>{_text(node.kind)}</b> {_text(node.name)} <span>{_text(shape)}{reads}</span>"


def _table(plan: Plan, findings: Sequence[Diagnostic]) -> str:
    leaves = plan.leaves
    costs = [(leaf.params, leaf.macs, BYTES * leaf.output.numel) for leaf in leaves]
    most = [max(column, default=0) for column in zip(*costs, strict=True)]
    rows = []
    for leaf, cost in zip(leaves, costs, strict=True):
        sizes = [str(axis.field.size) if axis.field else "?" for axis in leaf.output.axes]
        cells = "".join(_bar(n, top) for n, top in zip(cost, most, strict=True))
        told = _notes([found for found in findings if found.layer == leaf.name])
        rows.append(
            f'<tr><th scope="row">{_text(leaf.name)}{told}</th><td>{_text(leaf.kind)}</td>'
            f"<td>{_text(shape_text(leaf.output.shape))}</td>{cells}"
            f"<td>{' × '.join(sizes) or '–'}</td></tr>"  # noqa: RUF001
        )
    heads = ("Layer", "Kind", "Output", "Parameters", "MACs", "Bytes", "Receptive field")
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "\n".join(rows)
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="Table of layers">'
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _bar(n: int, most: int) -> str:
    width = 100 * n / most if most else 0
    return (
        f'<td class="n">{n:,}<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" '
        f'aria-hidden="true"><rect width="{width:.4g}" height="4"/></svg></td>'
    )


def _notes(findings: Iterable[Diagnostic]) -> str:
    return "".join(
        f'<p class="{found.severity}"><b>{found.severity} {_text(found.code)}</b> '
        f"{found.text('{}; {}', _text)}</p>"
        for found in findings
    )
