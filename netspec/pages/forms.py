"""The forms in which layers are mostly written, for editors to offer."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any

from netspec import layers, source
from netspec.compiler.guess import takes
from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.language.entry import arguments
from netspec.layers.base import Composite, Layer, Leaf
from netspec.pages.layers import page
from netspec.source.dump import flow

FIRST = (
    "Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d", "Dropout", "Flatten", "Linear",
    "AdaptiveAvgPool2d", "Sequential", "Residual",
)  # fmt: skip
"""What most networks are made of, in the order in which editors offer it."""

_SHAPES: tuple[Shape, ...] = ((48,), (4, 8), (4, 8, 8), (4, 8, 8, 8))


@cache
def form(kind: str) -> Any:
    """The arguments of the shortest entry that is right, from the example; None for a bare name."""
    model = layers.find(kind)
    assert model is not None
    if _takes(model, kind, {}):
        return None
    example = re.search(r"```yaml\n(.*?)```", inspect.getdoc(model) or "", re.DOTALL)
    assert example is not None
    entries = source.parse(f"layers:\n{example[1]}", kind).data["layers"]
    (value,) = [one[name] for one in entries for name in model.kinds if name in one][:1]
    if issubclass(model, Composite):
        return value
    given, _ = arguments(value, model.in_order(), kind)
    needed = {name: one for name, one in given.items() if model.model_fields[name].is_required()}
    for name, one in (needed := needed or given).items():
        # The example is for one number of axes, a number is for any.
        if isinstance(one, list) and _takes(model, kind, needed | {name: one[0]}):
            needed[name] = one[0]
    return needed


def _takes(model: type[Layer], kind: str, given: dict[str, Any]) -> bool:
    """Whether arguments are right for some input."""
    if not takes(model, kind, given, {}):
        return False
    layer = model.parse(kind, given)
    return not isinstance(layer, Leaf) or any(_runs(layer, shape) for shape in _SHAPES)


def _runs(layer: Leaf, shape: Shape) -> bool:
    try:
        layer.run(Flow.input(shape))
    except Fault:
        return False
    return True


def summary(kind: str) -> str:
    """What a layer does, on one line."""
    return page(kind).summary


def hover(kind: str) -> str:
    """What an editor shows of a layer, in Markdown: what it does, an example, torch's page."""
    about = page(kind)
    linked = [f"[{kind} in torch]({about.link})"] * bool(about.link)
    return "\n\n".join([about.doc, *linked])


def said(model: type[Layer]) -> dict[str, str]:
    """What a schema says of a class of layers."""
    # Of several kinds the one for images is what people look for.
    kind = next((kind for kind in model.kinds if kind.endswith("2d")), model.kinds[0])
    return {"description": summary(kind), "markdownDescription": hover(kind)}


def snippets() -> list[dict[str, Any]]:
    """The layers that need arguments, and the common ones, as an editor offers them."""
    order = {kind: f"{i:02}" for i, kind in enumerate(FIRST)}
    return [
        {
            "label": kind,
            "description": summary(kind),
            "sortText": f"{order.get(kind, '99')} {kind}",
            "body": _body(kind, form(kind)),
        }
        for kind in layers.KINDS
        if kind in order or form(kind) is not None
    ]


def _body(kind: str, given: Any) -> Any:
    """A snippet; numbers are what is typed over."""
    if given is None:
        return kind
    numbers = iter(range(1, 100))
    text = re.sub(
        r"(?<=: )[\d.]+(?=[,}])", lambda found: f"${{{next(numbers)}:{found[0]}}}", flow(given)
    )
    return {kind: f"^{text}"}
