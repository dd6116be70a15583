"""The entries of a spec as they are written, whether or not they are right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from netspec import layers
from netspec.diagnostic import Path
from netspec.language.entry import BESIDE
from netspec.layers.base import Composite, Layer


class Written(NamedTuple):
    """An entry of a list of layers."""

    kind: str
    value: Any
    path: Path
    at: Path
    """Where its arguments are: below its kind, or the entry itself where it is a name alone."""
    block: str | None
    """The block that it is in."""
    depth: int
    """Composites around it."""

    @property
    def model(self) -> type[Layer] | None:
        """The class of its layer; None for a block."""
        return layers.find(self.kind)

    @property
    def nodes(self) -> dict[str, Any]:
        """Its parts by name, where they are wired by name."""
        model = self.model
        mapped = model and issubclass(model, Composite) and model.mapped
        return self.value if mapped and isinstance(self.value, dict) else {}


def entries(data: Any) -> Iterator[Written]:
    """Every entry of the document, blocks first, each before those inside it."""
    if not isinstance(data, dict):
        return
    blocks = data.get("blocks")
    for name, block in blocks.items() if isinstance(blocks, dict) else ():
        if isinstance(block, dict):
            yield from _list(block.get("layers"), ("blocks", name, "layers"), name, 0)
    yield from _list(data.get("layers"), ("layers",), None, 0)


def _list(items: Any, path: Path, block: str | None, depth: int) -> Iterator[Written]:
    for i, item in enumerate(items if isinstance(items, list) else ()):
        at = (*path, i)
        if isinstance(item, str):
            yield Written(item, None, at, at, block, depth)
        elif isinstance(item, list):  # a branch
            yield from _list(item, at, block, depth)
        elif isinstance(item, dict):
            kinds = [key for key in item if key not in BESIDE]
            if len(kinds) == 1:
                entry = Written(kinds[0], item[kinds[0]], at, (*at, kinds[0]), block, depth)
                yield entry
                yield from _inside(entry)


def _inside(entry: Written) -> Iterator[Written]:
    model, value, at = entry.model, entry.value, entry.at
    if model is None or not issubclass(model, Composite):
        return
    if isinstance(value, list):
        yield from _list(value, at, entry.block, entry.depth + 1)
    elif isinstance(value, dict):
        for name, body in value.items():
            node = model.mapped and isinstance(body, dict)
            items, below = (body.get("layers"), (name, "layers")) if node else (body, (name,))
            yield from _list(items, (*at, *below), entry.block, entry.depth + 1)
