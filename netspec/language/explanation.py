"""Faults about values, with the form that is meant where the model takes one."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from netspec.diagnostic import Fault, Path, listed
from netspec.language.meant import Reader
from netspec.language.validation import fields
from netspec.language.written import written

_MAX = 20
"""Mistakes of one mapping for which the form that is meant is looked for."""


def explained(
    found: dict[Path, Fault], model: type[BaseModel], data: Any, context: Any
) -> dict[Path, Fault]:
    """The faults by their place; those of a list's items are one where the whole list is meant."""
    reader = Reader(model, data, context)
    kept: dict[Path, Fault] = {}
    lists: dict[Path, list[Any]] = {}
    for number, (loc, fault) in enumerate(found.items()):
        kept[loc] = fault
        if number >= _MAX or not loc or not _open(fault):
            continue
        around = loc[:-1]
        if isinstance(loc[-1], int):
            if lists.get(around):
                del kept[loc]
                continue
            if around not in lists:
                lists[around] = reader.meant(around)
                if lists[around]:
                    fault.help = f"write {written(lists[around][0])}"
                    several = sum(isinstance(o[-1], int) and o[:-1] == around for o in found if o)
                    fault.at = around if several > 1 else loc
                    continue
        keys = fields(model, loc)
        if meant := reader.meant(loc, keys):
            named = isinstance(meant[0], dict) and isinstance(loc[-1], str)
            fault.help = f"write {f'{loc[-1]}: ' if named else ''}{written(meant[0])}"
        elif keys and fault.help is None:
            fault.help = listed(keys)
    _nest(kept, data)
    return kept


def _open(fault: Fault) -> bool:
    """Whether a fault is about a value, and says no better than what there is to choose from."""
    words = fault.code.startswith("unknown-") and fault.code != "unknown-key"
    about = words or fault.code in ("wrong-type", "wrong-value", "wrong-length")
    return about and (fault.help is None or fault.help.startswith(("known here", "write ")))


def _nest(found: dict[Path, Fault], data: Any) -> None:
    """Make one fault of the keys that stand beside the empty one which they are meant to be in."""
    if not isinstance(data, dict):
        return
    for section, value in data.items():
        if value is not None:
            continue
        later = list(data)[list(data).index(section) + 1 :]
        strays = []
        for key in later:
            fault = found.get((key,))
            if fault is None or fault.code != "unknown-key":
                break
            strays.append(key)
        if strays and (section,) in found:
            for key in strays[1:]:
                del found[(key,)]
            del found[(section,)]
            rest = f" and {len(strays) - 1} more" if strays[1:] else ""
            found[(strays[0],)].help = f"indent it{rest} below {section}:"
