"""Changes as one HTML page that loads nothing: two networks side by side, picked as one.

All words of a spec are text, in the page as in its script, and the page's policy lets no script run
but its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape as markup
from typing import Any

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic
from netspec.diff.compare import SpecDiff
from netspec.diff.layers import LayerChange, Pair, aligned
from netspec.layers.base import shape_text
from netspec.render import changes, html_table, web
from netspec.render.look import PLAIN, Look
from netspec.render.page_data import data
from netspec.render.safe import escape
from netspec.render.words import growth_text, plural, size_text

ARROW = "→"
SIGNS = {"added": "+", "removed": "−", "changed": "~", "same": ""}
_LAYERS = ("", "Layer", "Kind", "Change", "Output", "Parameters", "MACs", "Field")


def render(
    specs: Sequence[SpecDiff],
    failures: Sequence[str],
    look: Look = PLAIN,
    image: Callable[[Plan], str | None] = lambda plan: None,
) -> str:
    """The page: a sentence, what fails, and each spec that changed, of which the first is open.

    `image` gives the address of a picture of a network's input, with all of its data.
    """
    changed = [spec for spec in specs if spec.status != "unchanged"]
    broke = changes.broke(specs)
    told = f"{changes.sentence(specs)}; {broke}" if broke else changes.sentence(specs)
    pairs = [_pairs(spec) for spec in changed]
    body = [
        f"<h1>netspec diff</h1>\n<p>{_text(told)}</p>",
        *(f'<p class="error"><b>fails</b> {_text(line)}</p>' for line in failures),
        *(
            _spec(spec, rows, opened=not i)
            for i, (spec, rows) in enumerate(zip(changed, pairs, strict=True))
        ),
        web.embedded("data", [_data(*one, image) for one in zip(changed, pairs, strict=True)]),
    ]
    title = f"netspec diff: {', '.join(spec.path for spec in changed[:3])}"
    scripts, styles = [*web.VIEW, "diff.js"], [*web.STYLES, "diff.css"]
    return web.document(title, "\n".join(body), scripts, styles).rstrip("\n")


def _pairs(spec: SpecDiff) -> list[Pair]:
    a, b = spec.plans
    if a and b:
        return aligned(a, b)
    alone = a.leaves if a else b.leaves if b else []
    return [Pair(leaf if a else None, None if a else leaf, same=True) for leaf in alone]


def _change(pair: Pair) -> str:
    if pair.same:
        return "same"
    return "added" if pair.before is None else "removed" if pair.after is None else "changed"


def _data(
    spec: SpecDiff, pairs: Sequence[Pair], image: Callable[[Plan], str | None]
) -> dict[str, Any]:
    """What the script shows of a spec: the data of both views, and which layers belong together."""
    found: dict[str, Any] = {"before": None, "after": None}
    numbers: list[dict[str, int]] = [{}, {}]
    for side, report in enumerate((spec.before, spec.after)):
        if report is None or report.plan is None:
            continue
        view = data(report.plan, report.diagnostics, image(report.plan))
        numbers[side] = {leaf.name: i for i, leaf in enumerate(report.plan.leaves)}
        for pair in pairs:
            node = pair.after if side else pair.before
            if node and not pair.same:
                view["layers"][numbers[side][node.name]]["change"] = _change(pair)
        found["after" if side else "before"] = view
    found["pairs"] = [
        [numbers[0][pair.before.name], numbers[1][pair.after.name]]
        for pair in pairs
        if pair.before and pair.after
    ]
    return found


def _spec(spec: SpecDiff, pairs: Sequence[Pair], opened: bool) -> str:
    was = f", was {_text(spec.before.path)}" if spec.renamed and spec.before else ""
    parts = [
        f'<details class="spec"{" open" * opened}>',
        f"<summary><h2>{_text(spec.path)}</h2> {spec.status}{was}</summary>",
        _totals(spec),
        *_findings("new", spec.new),
        *_findings("gone", spec.gone),
    ]
    if spec.settings:
        rows = [
            [("th", _text(one.key)), ("td", _text(changes.setting(one, ARROW)))]
            for one in spec.settings
        ]
        parts.append(html_table.table("Settings", spec.path, ("Setting", "Change"), rows))
    if any(spec.plans):
        parts += [_layers(spec, pairs), '<div class="mount"></div>']
    return "\n".join([*parts, "</details>"])


def _totals(spec: SpecDiff) -> str:
    plans = spec.plans
    if not any(plans):
        return ""
    rows = [
        _figures("Parameters", plans, lambda plan: plan.totals.params),
        _figures("MACs", plans, lambda plan: plan.totals.macs),
        _figures("Activations", plans, lambda plan: plan.totals.activation_bytes, size_text),
        _figures("Kept for training", plans, lambda plan: plan.totals.training_bytes, size_text),
        _figures("Layers", plans, lambda plan: len(plan.leaves)),
    ]
    words: dict[str, Any] = {
        "Receptive field": lambda plan: changes.FIGURES["receptive field"](plan)[1],
        "Input": lambda plan: shape_text(plan.input),
        "Output": lambda plan: shape_text(plan.output),
    }
    for name, of in words.items():
        cells = [_text(of(plan)) if plan else "-" for plan in plans]
        rows.append([("th", name), *(('td class="n"', cell) for cell in cells), ("td", "")])
    return html_table.table("Totals", spec.path, ("", "Before", "After", ""), rows)


def _figures(name: str, plans: Sequence[Plan | None], of: Any, shown: Any = "{:,}".format) -> Any:
    before, after = ((of(plan) if plan else None) for plan in plans)
    cells = ["-" if n is None else shown(n) for n in (before, after)]
    grown = growth_text(before, after) if before and after is not None and before != after else ""
    return [("th", name), *(('td class="n"', cell) for cell in (*cells, grown))]


def _findings(word: str, found: Sequence[Diagnostic]) -> Iterator[str]:
    for one in found:
        line = f' <span class="hint">line {one.span.line}</span>' if one.span else ""
        yield (
            f'<p class="{one.severity}"><b>{word} {one.severity} {_text(one.code)}</b> '
            f"{_text(one.text('{}; {}', str))}{line}</p>"
        )


def _layers(spec: SpecDiff, pairs: Sequence[Pair]) -> str:
    """All layers of both sides; those that stayed as they are until they are asked for."""
    both = all(spec.plans)
    rows = [(_change(pair) if both else "same", _cells(pair)) for pair in pairs]
    table = html_table.table(
        "Layers", spec.path, _LAYERS, [cells for _, cells in rows], [what for what, _ in rows]
    )
    if not both:
        return f'<div class="alone">{table}</div>'
    same = sum(pair.same for pair in pairs)
    words = plural(same, "unchanged layer")
    box = f'<label><input type="checkbox" class="all"> show {words} too</label>'
    return table.replace("</h3>", f"</h3>\n<p>{box}</p>" if same else "</h3>", 1)


def _cells(pair: Pair) -> list[tuple[str, str]]:
    a, b = pair.before, pair.after
    nodes = [node for node in (a, b) if node]
    what, node = _change(pair), nodes[-1]
    steps = (
        [one.name for one in nodes],
        [one.kind for one in nodes],
        [shape_text(one.output.shape) for one in nodes],
        [f"{one.params:,}" for one in nodes],
        [f"{one.macs:,}" for one in nodes],
        [changes.field(one) for one in nodes],
    )
    name, kind, shape, params, macs, field = (
        _text(f" {ARROW} ".join(dict.fromkeys(step))) for step in steps
    )
    side = "before" if b is None else "after"
    button = (
        f'<button type="button" class="name" data-side="{side}" data-layer="{_text(node.name)}">'
    )
    told = "" if pair.same else _text(changes.what(LayerChange(a, b), ARROW))
    sign = f"<b>{SIGNS[what]}</b> {what}" if SIGNS[what] else ""
    figures = [('td class="n"', one) for one in (params, macs, field)]
    return [
        ("td", sign), ("th", f"{button}{name}</button>"), ("td", kind),
        ('td class="what"', told), ("td", shape), *figures,
    ]  # fmt: skip


def _text(text: str) -> str:
    return markup(escape(text))
