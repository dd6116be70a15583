"""The page of a kind of layer: its shape, its arguments, an example, and what torch has besides."""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

from netspec import layers
from netspec.layers.base import Composite, Layer, Leaf, Stateless
from netspec.pages import torch
from netspec.pages.arguments import Argument, arguments
from netspec.pages.markdown import arguments_table, indented

_CHOSEN = "device and dtype", "netspec builds the layer where the network runs, in float32"


class LayerPage(NamedTuple):
    """A kind of layer with what there is to say about it."""

    kind: str
    doc: str
    """Its shape in a line, the formula where there is a window, and an example."""
    arguments: list[Argument]
    refused: list[tuple[str, str]]
    """What torch takes and a spec may not say, and why."""
    link: str | None
    """Its page in torch's documentation."""

    @property
    def summary(self) -> str:
        """What it does, on one line."""
        return self.doc.partition("\n")[0]

    @property
    def markdown(self) -> str:
        """The page in Markdown, below its name."""
        parts = [self.doc]
        if self.arguments:
            parts.append(arguments_table(self.arguments, "argument"))
        if self.refused:
            row = [f"- {names}: {why}" for names, why in self.refused]
            parts.append("Of torch's arguments these are not written:\n\n" + "\n".join(row))
        if self.link:
            parts.append(f"In torch: <{self.link}>")
        return "\n\n".join(parts)

    @property
    def data(self) -> dict[str, Any]:
        """The page as plain data."""
        example = self.doc.rpartition("```yaml\n")[2].partition("```")[0]
        return {
            "kind": self.kind,
            "summary": self.summary,
            "doc": self.doc.partition("```yaml")[0].strip(),
            "example": example,
            "arguments": [one._asdict() for one in self.arguments],
            "refused": [{"name": name, "why": why} for name, why in self.refused],
            "link": self.link,
        }


def page(kind: str) -> LayerPage:
    """The page of a kind; LookupError where there is none."""
    model = layers.find(kind)
    if model is None:
        raise LookupError(kind)
    where = torch.link(f"{model.module}.{kind}")
    found = arguments(model.model_json_schema())
    return LayerPage(kind, inspect.getdoc(model) or "", found, _refused(model), where)


def text(about: LayerPage) -> str:
    """What a page says before its arguments, as a terminal shows it."""
    return f"{about.kind}\n\n{indented(about.doc)}"


def refusal(kind: str) -> str | None:
    """Why a layer of torch.nn has no place in a spec, as a sentence; None for any other."""
    reason = layers.REFUSED.get(kind)
    return reason and f"{kind} {reason}"


def _refused(model: type[Layer]) -> list[tuple[str, str]]:
    if issubclass(model, Composite):
        return []
    assert issubclass(model, Leaf)
    told = [(model.infers[0], "inferred from what comes in")] if model.infers else []
    return told + [_CHOSEN] * (not issubclass(model, Stateless))
