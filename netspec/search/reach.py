"""Which parts of a spec read which places that vary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from netspec.diagnostic import Path
from netspec.language import uses
from netspec.language.spec import Spec
from netspec.search.space import Axis, Point

APART = ("vars", "blocks", "layers")
"""Sections whose parts are read one by one."""
Pick = Callable[[Point], Point]
"""Takes of a point what a part reads."""


class Reach:
    """Asked for parts of a document, answers with numbers of axes."""

    def __init__(self, data: dict[str, Any], axes: Sequence[Axis]) -> None:
        """Of a document with its first values written in, as data."""
        self.data, self.axes = data, axes
        self.paths = [_path(data, axis.parts) for axis in axes]
        self._names = {*(data.get("vars") or {})}
        self._blocks = {*(data.get("blocks") or {})}

    def touching(self, path: Path) -> list[int]:
        """Axes whose place is in the one at a path, or has it in itself."""
        return [
            i for i, place in enumerate(self.paths)
            if place[: len(path)] == path[: len(place)]
        ]  # fmt: skip

    def part(self, path: Path) -> set[int]:
        """Axes that can change what the part at a path says, by blocks and variables as well."""
        found: set[int] = set()
        left, done = [path], set[Path]()
        while left:
            at = left.pop()
            if at in done:
                continue
            done.add(at)
            axes = self.touching(at)
            found.update(axes)
            texts = [_at(self.data, at), *self._values(at)]
            left += [("vars", name) for name in self._names & {*uses.variables(texts)}]
            if at[0] != "vars":
                left += [("blocks", name) for name in self._blocks & {*uses.keys(texts)}]
        return found

    def names(self, path: Path, item: Any) -> tuple[list[str], list[str]]:
        """Names that the entry at a path reads, and variables that the blocks it uses read.

        `item` is the entry at some point: what others say there is a value of an axis.
        """
        texts = [item, *self._values(path)]
        used, left = set[str](), self._blocks & {*uses.keys(texts)}
        bodies: list[Any] = []
        while left:
            used |= left
            new = [one for name in left for one in self._bodies(name)]
            bodies += new
            left = (self._blocks & {*uses.keys(new)}) - used
        return sorted({*uses.variables(texts)}), sorted(self._names & {*uses.variables(bodies)})

    def _bodies(self, block: str) -> list[Any]:
        return [_at(self.data, ("blocks", block)), *self._values(("blocks", block))]

    def _values(self, path: Path) -> list[Any]:
        return [value for i in self.touching(path) for value in self.axes[i].values]

    def sections(self) -> set[int]:
        """Axes that can change what the document says outside variables, blocks and layers."""
        names = {*self.data, *(str(place[0]) for place in self.paths), *Spec.model_fields}
        found = {i for name in names - {*APART} for i in self.part((name,))}
        # Of blocks and layers it says what their form is.
        least = [_FORM.get(str(place[0]), 0) for place in self.paths]
        return found | {i for i, place in enumerate(self.paths) if len(place) < least[i]}


_FORM = {"vars": 2, "layers": 2, "blocks": 4}
"""Parts of a place from which on it is inside of what a section lists."""


def pick(axes: Iterable[int]) -> Pick:
    """What takes of a point the values of some axes."""
    some = sorted(axes)
    return lambda point: tuple([point[i] for i in some])


def _path(data: Any, parts: Sequence[str]) -> Path:
    """The path into data that the parts of a key lead along."""
    path: list[str | int] = []
    for part in parts:
        index: str | int = int(part) if isinstance(data, list) and part.isdecimal() else part
        path.append(index)
        data = _at(data, (index,))
    return tuple(path)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        try:
            data = data[part]
        except (LookupError, TypeError):
            return None
    return data
