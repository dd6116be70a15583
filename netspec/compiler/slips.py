"""Entries that have not one layer's key, and the entry that each is meant to be.

Only called after a mistake; the words of other libraries are read then.
"""

from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from netspec import layers
from netspec.diagnostic import Fault, Path
from netspec.language.entry import BESIDE, Entry


class Meant(NamedTuple):
    """What is wrong with an entry, and the entry to go on with where that is clear."""

    fault: Fault
    entry: Entry | None = None


def misplaced(key: str, value: Any, path: Path, blocks: Container[str]) -> tuple[Any, Path]:
    """The entry and its place that a key in a mapping, where a list should be, stands for."""
    if key in blocks or key in layers.KINDS or not isinstance(value, dict | str):
        return {key: value}, path
    return value, (*path, key)


class Slip:
    """A mapping in a list of entries, taken apart."""

    def __init__(self, item: dict[str, Any], path: Path, blocks: Mapping[str, Any], rank: int):
        self.path, self.blocks, self.rank = path, blocks, rank
        self.known = [*layers.KINDS, *blocks]
        self.beside = {key: value for key, value in item.items() if key in BESIDE}
        self.rest = {key: value for key, value in item.items() if key not in BESIDE}
        name = self.beside.get("name")
        self.kind = next(iter(self.rest), "")
        self.others = list(self.rest)[1:]
        self.name = name if isinstance(name, str) and name.isidentifier() else None

    def meant(self, fault: Fault) -> Meant:
        """What it is meant to be; `fault` is what is said where nobody can tell."""
        return (
            self._typed() or self._assigned() or self._function() or self._level() or Meant(fault)
        )

    def _entry(self, kind: str, value: Any, at: Path) -> Entry:
        return Entry(kind, value, self.path, at, self.name)

    def _typed(self) -> Meant | None:
        """`{type: Conv2d, out_channels: 8}`."""
        from netspec.compiler.guess import entry
        from netspec.language.meant import TYPE, typed
        from netspec.language.written import entry_text

        rest, key = self.rest, next((key for key in TYPE if key in self.rest), "name")
        if self.name in self.known and key == "name":
            rest = {"type": self.name} | rest
        if not (found := typed(rest)):
            return None
        help = f"write {entry_text(entry(*found, self.known, self.rank))}"
        message = f"{key}: {found[0]} is no entry: a layer's name is the key of its arguments"
        return Meant(Fault("not-a-layer", message, help, (key,), key=True))

    def _assigned(self) -> Meant | None:
        """`{Conv2d: out_channels=8, kernel_size=3}`."""
        from netspec.compiler.guess import item
        from netspec.language.calls import repaired
        from netspec.language.written import entry_text

        kind, own = self.kind, self.rest.get(self.kind)
        if not isinstance(own, str) or "=" not in own or kind not in self.known:
            return None
        if not (form := repaired({own: None} | {name: self.rest[name] for name in self.others})):
            return None
        message = f"{kind}: expected arguments, not '{own}'"
        help = f"write {entry_text(item(kind, form))}"
        return Meant(Fault("wrong-type", message, help, (kind,)))

    def _function(self) -> Meant | None:
        """`{Conv2d: [8, 3], activation: relu}`."""
        from netspec.language import words as keys
        from netspec.layers import words

        if len(self.rest) != 2:
            return None
        (kind, own), (key, value) = self.rest.items()
        if kind not in self.known or not (help := keys.of_no_argument(key)):
            return None
        function = words.layer(value, self.rank, self.known) if isinstance(value, str) else None
        help = f"write {function} as the next entry" if function else help
        said = Fault("not-a-layer", f"{key} is no key beside {kind}", help, (key,), key=True)
        return Meant(said, self._entry(kind, own, (*self.path, kind)))

    def _level(self) -> Meant | None:
        """Arguments beside their layer, where they are meant to be below it."""
        from netspec.language import words
        from netspec.language.written import entry_text

        kind, others, own = self.kind, self.others, self.rest.get(self.kind)
        if not others or kind not in self.known or not isinstance(own, dict | None):
            return None
        block, model = self.blocks.get(kind), layers.find(kind)
        names = list(model.model_fields if model else block.args if block else ())
        if not all(name in names or words.argument(name, names) for name in others):
            return None
        strays = {name: self.rest[name] for name in others}
        form = entry_text({kind: (own or {}) | strays})
        said = Fault(
            "not-a-layer", f"{others[0]} stands beside {kind}, not in it",
            f"indent {'them' if others[1:] else 'it'} further than {kind}:, or write {form}",
            (others[0],), key=True,
        )  # fmt: skip
        if own is None:
            return Meant(said, self._entry(kind, strays, self.path))
        return Meant(said, self._entry(kind, own, (*self.path, kind)))


def entry_meant(item: Any, path: Path, fault: Fault, blocks: Mapping[str, Any], rank: int) -> Meant:
    """What an item of a list is meant to be for which there is a fault."""
    if not isinstance(item, dict) or not item:
        return Meant(fault)
    return Slip(item, path, blocks, rank).meant(fault)
