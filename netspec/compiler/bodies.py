"""What stands in a composite, while the composite runs it."""

from typing import TYPE_CHECKING

from netspec.compiler.frame import Frame, Parsed, Reported
from netspec.compiler.node import Made
from netspec.diagnostic import Path
from netspec.flow.flow import Flow
from netspec.language.entry import Entry
from netspec.layers.base import Composite

if TYPE_CHECKING:
    from netspec.compiler.walk import Walk


class Bodies:
    """The lists of entries in a composite, each to be run once, where the composite says."""

    def __init__(self, walk: "Walk", parsed: Parsed, entry: Entry, frame: Frame) -> None:
        assert isinstance(parsed.layer, Composite)
        self.walk, self.parsed, self.entry, self.frame = walk, parsed, entry, frame
        self.layer = parsed.layer
        self.left = dict(self.layer.bodies())

    def __call__(self, below: Path, x: Flow | None) -> Flow:
        name = self.left.pop(below)
        first, *rest = below
        items = self.parsed.values.get(str(first), [])
        for part in rest:
            items = items[part]
        place = at = (*self.entry.at, *self.parsed.places.get(str(first), ()), *rest)
        if isinstance(items, dict):
            items, at = items.get("layers", []), (*place, "layers")
        frame = self.frame
        inner = frame if name is None else frame.inside(name)
        y = self.walk.entries(items, at, inner, x)
        if x is None or y is None:
            raise Reported
        if name is not None:
            self.walk.keep(place, Made(x, y, inner.module.nodes, frame.scope))
            frame.module.nodes.append(inner.group(x, y, at, frame, inner.module.nodes))
        with self.walk.reporting(place, frame):
            expect = self.walk.expect(self.layer.expects(below), place, frame)
            self.walk.compare(expect, place, frame, inner.module.nodes, y)
        return y

    def read_the_rest(self) -> None:
        """Read what was not run, for mistakes of its own."""
        for below in list(self.left):
            try:
                self(below, None)
            except Reported:
                continue
