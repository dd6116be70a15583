"""One entry of a list of layers, as written: `Conv2d: {...}` and the keys beside it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from netspec.diagnostic import Fault, Path, value_text
from netspec.language.expression import resolve

BESIDE = ("name", "repeat", "expect", "ignore")
"""Keys that may stand beside the layer's own."""


class Entry(NamedTuple):
    """A layer or a block to use, with `$…` still in its arguments."""

    kind: str
    value: Any
    path: Path
    """Where the entry is written."""
    at: Path
    """Where its arguments are written."""
    name: str | None = None
    repeat: int | None = None
    expect: Any = None


def read(item: Any, path: Path, scope: Mapping[str, Any]) -> Entry:
    """The entry that an item of a list stands for; Fault (`at` below `path`) where it is none."""
    if isinstance(item, str):
        return Entry(item, None, path, path)
    if not isinstance(item, dict):
        raise Fault(
            "not-a-layer", f"expected a layer, not {value_text(item)}",
            "write a name such as ReLU, or one key such as Conv2d: {out_channels: 8, …}",
        )  # fmt: skip
    kinds = [key for key in item if key not in BESIDE]
    if len(kinds) != 1:
        found = " and ".join(kinds) if kinds else "none"
        raise Fault(
            "not-a-layer", f"an entry has exactly one layer, here {found}",
            "start a new list item with a dash for each layer" if kinds else
            f"beside {', '.join(BESIDE)} an entry needs a layer such as ReLU:",
            at=tuple(kinds[1:2]), key=True,
        )  # fmt: skip
    kind = kinds[0]
    name = resolve(item.get("name"), scope, ("name",))
    if name is not None and not isinstance(name, str):
        raise Fault("wrong-type", f"name: expected a string, not {value_text(name)}", at=("name",))
    repeat = resolve(item.get("repeat"), scope, ("repeat",))
    if "repeat" in item and (not isinstance(repeat, int) or isinstance(repeat, bool) or repeat < 0):
        raise Fault(
            "wrong-value", f"repeat: expected a number of copies, not {value_text(repeat)}",
            _write_whole(repeat), ("repeat",),
        )  # fmt: skip
    ignore = item.get("ignore") or []
    if not isinstance(ignore, list) or not all(isinstance(rule, str) for rule in ignore):
        help = f"write [{ignore}]" if isinstance(ignore, str) else None
        raise Fault("wrong-type", "ignore: expected a list of rule names", help, ("ignore",))
    return Entry(kind, item[kind], path, (*path, kind), name, repeat, item.get("expect"))


def _write_whole(value: Any) -> str | None:
    """What to write for a number that is no integer, or that is text."""
    try:
        return f"write {int(value)}" if int(value) == float(value) >= 0 else None
    except (TypeError, ValueError, OverflowError):
        return None


def arguments(
    value: Any, names: list[str], what: str, whole: str | None = None, mapped: bool = False
) -> tuple[dict[str, Any], dict[str, Path]]:
    """Arguments by name, and where below the entry's value each is written.

    `names` are the arguments in their order; a list stands for the one named `whole` if there is
    one (with `mapped` a mapping does too), else for the arguments in order. Fault where there are
    more than names.
    """
    if value is None:
        return {}, {}
    if isinstance(value, dict) and not mapped:
        return value, {name: (name,) for name in value}
    if whole is not None:
        return {whole: value}, {whole: ()}
    places: list[Path] = [()]
    if isinstance(value, list):
        places = [(i,) for i in range(len(value))]
    else:
        value = [value]
    if len(value) > len(names):
        takes = f"{len(names)} argument{'s' * (len(names) != 1)}"
        order = f"in this order: {', '.join(names)}" if names else f"write {what} alone"
        raise Fault("unknown-key", f"{what} takes {takes}, not {len(value)}", order,
                    places[len(names)])  # fmt: skip
    return dict(zip(names, value, strict=False)), dict(zip(names, places, strict=False))
