"""Effective receptive fields, as `netspec eval --erf` tells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netspec.render.columns import columns
from netspec.render.safe import escape
from netspec.render.words import share_text, sizes_text
from netspec.runs.effective import SHARES, Effective, EffectiveFields, Gradient


def lines(fields: EffectiveFields, part: str, what: str) -> Iterator[str]:
    """A table for people; `part` and `what` say over which images."""
    over = f"{fields.images:,} {part} {what}"
    yield f"effective receptive field: mean absolute gradient of centre units over {over}"
    yield "the smallest square with that share of it, and the part of the field's pixels that do"
    shares = [f"{share:.0%}" for share in SHARES]
    rows = [("layer", "field", "pixels", "training", *shares, "outside")]
    for layer in fields.layers:
        head = escape(layer.name), sizes_text(layer.receptive_field), f"{layer.pixels:,}"
        rows.append((*head, "before", *_spread(layer, layer.before)))
        rows.append(("", "", "", "after", *_spread(layer, layer.after)))
    yield from columns(rows, "<>><" + ">" * (len(SHARES) + 1))
    context = [escape(one.name) for one in fields.layers if one.global_context]
    if context:
        yield (
            f"{', '.join(context)}: what is outside of the field is read through statistics or "
            "gates, which are no part of it"
        )
    yield f"drawn in {escape(fields.picture)}"


def _spread(layer: Effective, gradient: Gradient) -> tuple[str, ...]:
    if gradient.outside is None:
        return *("-" for _ in SHARES), "-"
    cells = [
        f"{' x '.join([str(one.side)] * len(layer.seen))}, {one.pixels / layer.pixels:.0%}"
        for one in gradient.within
    ]
    return *cells, "none" if not gradient.outside else share_text(gradient.outside)


def told(fields: EffectiveFields) -> dict[str, Any]:
    """The same for JSON."""
    layers = []
    for one in fields.layers:
        found = one._asdict()
        for when in ("before", "after"):
            gradient = getattr(one, when)
            within = [share._asdict() for share in gradient.within]
            found[when] = {"within": within, "outside": gradient.outside}
        layers.append({"name": found.pop("name"), "layer": found.pop("kind"), **found})
    return {"images": fields.images, "picture": fields.picture, "layers": layers}
