"""Units read through a window, with what that costs.

Where every unit depends on one stretch and its neighbours go on from there, only the ends of a
window matter, and all windows that lie within the axis are read at once.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from operator import le, sub

from netspec.flow.units import Units, alike, units_of
from netspec.flow.window import Adaptive, Strided, Whole, Window
from netspec.flow.work import LIMIT, UNIT, Work, too_large

_CACHED_LENGTH = 2048
_BITS = 8192
"""Bits of masks that are put together in one step."""
_KEPT = 64
"""Bits of masks that are kept for one step: all that a spec may cost is 128 MB of them."""


def read(units: Units, window: Window, work: Work) -> Units:
    """The units after a window; Fault where that is more work than there is left."""
    # What is remembered costs as much as what is worked out, or chance would decide.
    work.spend(units.count + window.length(units.count))
    small = units.count <= _CACHED_LENGTH
    found, steps = (_read_cached if small else _read)(units, window)
    work.spend(steps)
    return found


def whole(units: Units, work: Work) -> Units:
    """The one unit that depends on everything any of `units` depends on."""
    work.spend(_whole_steps(units))
    return units.whole()


def union(one: Units, other: Units, work: Work) -> Units:
    """Units that depend on what two do, one by one."""
    work.spend(one.count)
    if one == other:
        return one
    wide = max(one.widest, other.widest)
    work.spend(one.count * (2 * UNIT + wide // _BITS))
    return one.union(other)


def _whole_steps(units: Units) -> int:
    if units.masks is None:
        return 3 * units.count
    span = max(units.last, default=0) - min(units.first, default=0)
    return units.count * (UNIT + span // _BITS)


def _read(units: Units, window: Window) -> tuple[Units, int]:
    """The units after a window, and the steps it took beyond one for each unit."""
    n = units.count
    if isinstance(window, Whole):
        return units.whole(window.length(n)), _whole_steps(units)
    if isinstance(window, Strided):
        if window == Strided(1):
            return units, 0
        if units.masks is None and _dense(units, window.dilation):
            return _slide(units, window)
    elif isinstance(window, Adaptive) and units.masks is None and _dense(units, 1):
        return _by_ends(units, window, range(window.bins))
    return _one_by_one(units, window, range(window.length(n)))


_read_cached = lru_cache(maxsize=2048, typed=True)(_read)


def _slide(units: Units, window: Strided) -> tuple[Units, int]:
    """Dense units after a sliding window: what is inside in one go, the borders one by one."""
    n, count, step = units.count, window.length(units.count), window.stride
    reach = window.dilation * (window.kernel - 1)
    begin, end = window.inner(n)
    # Only around the corner is there a gap between what a unit reads.
    border = _one_by_one if window.border == "circular" else _by_ends
    before, steps = border(units, window, range(begin))
    after, more = border(units, window, range(end, count))
    low = begin * step - window.left
    high = low + (end - begin) * step
    inside = Units(units.first[low:high:step], units.last[low + reach : high + reach : step])
    return (joined(before, inside, after) if begin or end < count else inside), steps + more


def joined(*parts: Units) -> Units:
    """The units of all parts, one behind the other."""
    first = tuple(chain.from_iterable(part.first for part in parts))
    last = tuple(chain.from_iterable(part.last for part in parts))
    if all(part.masks is None for part in parts):
        return Units(first, last)
    masks = (part.masks or [part.mask(i) for i in range(part.count)] for part in parts)
    return Units(first, last, tuple(chain.from_iterable(masks)))


def _by_ends(units: Units, window: Window, some: range) -> tuple[Units, int]:
    """Some of dense units after a window without gaps, by the first and the last that it reads."""
    first, last, n, ends, steps = units.first, units.last, units.count, [], 0
    for o in some:
        places = window.places(o, n)
        ends.append((first[places[0]], last[places[-1]]) if places else (0, -1))
        steps += UNIT if isinstance(places, range) else UNIT * len(places)
        if steps > LIMIT:
            raise too_large()
    return Units(tuple([a for a, _ in ends]), tuple([b for _, b in ends])), steps


def _one_by_one(units: Units, window: Window, some: range) -> tuple[Units, int]:
    """Some of the units after a window, each by all that it reads."""
    n, pairs, steps = units.count, [], 0
    last = 0
    for o in some:
        places = window.places(o, n)
        pairs.append(alike(units.together(places), last))
        mask = pairs[-1][1]
        steps += UNIT * (1 + len(places)) + len(places) * mask.bit_length() // _BITS
        if mask is not last:
            last = mask
            steps += mask.bit_length() // _KEPT
        if steps > LIMIT:
            raise too_large()
    return units_of(pairs), steps


def _dense(units: Units, step: int) -> bool:
    """Whether units `step` apart touch or overlap and move on, so that only the ends matter."""
    first, last = units.first, units.last
    if not all(map(le, first, last)):
        return False
    if not (all(map(le, first, first[1:])) and all(map(le, last, last[1:]))):
        return False
    # Where each begins before the one `step` back ends, or right behind it.
    return max(map(sub, first[step:], last), default=0) <= 1
