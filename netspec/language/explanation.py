"""Faults about values, with the form that is meant where the model takes one."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from pydantic import BaseModel

from netspec.diagnostic import Change, Fault, Path, Way, listed
from netspec.language.calls import MAX_VALUES, repaired
from netspec.language.meant import Reader
from netspec.language.validation import fields
from netspec.language.written import written

_MAX = 20
"""Mistakes of one mapping for which the form that is meant is looked for."""


def explained(
    found: dict[Path, Fault], model: type[BaseModel], what: str, data: Any, context: Any
) -> dict[Path, Fault]:
    """The faults by their place; those that one slip makes are one."""
    reader = Reader(model, data, context)
    kept = dict(found)
    for around in dict.fromkeys(loc[:-1] for loc in found if loc):
        _join(kept, around, reader)
    for number, (loc, fault) in enumerate(list(kept.items())):
        if number >= _MAX or loc not in kept or not _open(fault):
            continue
        if loc and isinstance(loc[-1], int) and _whole(kept, loc, reader):
            continue
        keys = fields(model, loc)
        if meant := reader.meant(loc, keys):
            name = loc[-1] if loc else what
            named = isinstance(meant[0], dict) and isinstance(name, str)
            change = Change("replace", new=meant[0], safe=_same(reader.at(loc), meant[0]))
            fault.help = Way(f"write {f'{name}: ' if named else ''}{written(meant[0])}", change)
        elif keys and fault.help is None:
            fault.help = listed(keys)
    return kept


def _open(fault: Fault) -> bool:
    """Whether a fault is about a value, and says no better than what there is to choose from."""
    words = fault.code.startswith("unknown-") and fault.code != "unknown-key"
    about = words or fault.code in ("wrong-type", "wrong-value", "wrong-length")
    vague = fault.help is None or fault.help.startswith(("known here", "write "))
    # The value behind a key that is wrong is not to blame.
    return about and vague and not (fault.key and fault.code == "wrong-value")


def _same(value: Any, form: Any) -> bool:
    """Whether a value says what its form does, but for case, quotes and a point with a zero."""
    one, other = (str(part).lower().strip() for part in (value, form))
    return one == other or (isinstance(value, float) and value == form)


def _whole(kept: dict[Path, Fault], loc: Path, reader: Reader) -> bool:
    """Make one fault of those of a list's items where the whole list is meant."""
    around = loc[:-1]
    if not (meant := reader.meant(around)):
        return False
    others = [at for at in kept if at[:-1] == around and at != loc]
    for at in others:
        del kept[at]
    kept[loc].at = around if others else loc
    kept[loc].help = f"write {written(meant[0])}"
    return True


def _join(kept: dict[Path, Fault], around: Path, reader: Reader) -> None:
    """Make one fault of the keys of a mapping that are one slip."""
    try:
        mapping = reader.at(around)
    except LookupError:
        return
    if not isinstance(mapping, dict) or len(mapping) > MAX_VALUES:
        return
    together = repaired(mapping)
    if isinstance(together, dict) and reader.takes(around, together):
        # What is right is there as it was.
        name = next((key for key in together if together[key] != mapping.get(key)), None)
        below = [loc for loc in kept if loc[: len(around)] == around and len(loc) > len(around)]
        below.sort(key=lambda loc: loc[len(around)] != name)
        for loc in below[:1]:
            kept[loc].help = f"write {name}: {written(together[name])}" if name else None
        for loc in below[1:]:
            del kept[loc]
        return
    keys = list(mapping)
    for i, section in enumerate(keys):
        if mapping[section] is not None:
            continue
        strays = list(takewhile(lambda key: _unknown(kept.get((*around, key))), keys[i + 1 :]))
        own = kept.get((*around, section))
        if not strays or not (own or f"below {section}:" in str(kept[(*around, strays[0])].help)):
            continue
        for key in [*strays[1:], *([section] if own else [])]:
            del kept[*around, key]
        rest = f" and {len(strays) - 1} more" if strays[1:] else ""
        kept[*around, strays[0]].help = f"indent it{rest} below {section}:"


def _unknown(fault: Fault | None) -> bool:
    return fault is not None and fault.code == "unknown-key"
