"""What the units of one axis depend on, exactly."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from operator import le, sub
from typing import NamedTuple


class Units(NamedTuple):
    """Exactly which pixels of the real input each unit of an axis depends on.

    Unit i depends on pixels `first[i]` to `last[i]`, on none where last < first. With `masks`, bit
    b of masks[i] tells whether it depends on pixel first[i] + b; without, on all between.
    """

    first: tuple[int, ...]
    last: tuple[int, ...]
    masks: tuple[int, ...] | None = None

    @staticmethod
    def identity(n: int) -> Units:
        """Units of an input axis: each depends on itself."""
        positions = tuple(range(n))
        return Units(positions, positions)

    @staticmethod
    def nothing(count: int) -> Units:
        """`count` units that depend on nothing."""
        return Units((0,) * count, (-1,) * count)

    @property
    def dark(self) -> bool:
        """Whether none depends on anything."""
        return not any(map(le, self.first, self.last))

    @property
    def count(self) -> int:  # type: ignore[override]
        """Number of units."""
        return len(self.first)

    @property
    def vary(self) -> bool:
        """Whether any two units depend on different pixels."""
        return len(set(zip(self.first, self.last, self.masks or self.first, strict=True))) > 1

    @property
    def widest(self) -> int:
        """Pixels from the first to the last that any unit depends on, 0 where none does on any."""
        return max(map(sub, self.last, self.first), default=-1) + 1

    def mask(self, i: int) -> int:
        """Bits of the pixels from first[i] on that unit `i` depends on."""
        if self.masks is not None:
            return self.masks[i]
        return (1 << max(self.last[i] - self.first[i] + 1, 0)) - 1

    def seen(self, i: int) -> tuple[int, int] | None:
        """First and last pixel that unit `i` depends on."""
        return (self.first[i], self.last[i]) if self.first[i] <= self.last[i] else None

    def union(self, other: Units) -> Units:
        """Units that depend on what both do, one by one."""
        if self == other:
            return self
        pairs, last = [], 0
        for i in range(self.count):
            pairs.append(alike(_or(self, i, other, i), last))
            last = pairs[-1][1]
        return units_of(pairs)

    def without(self, dark: Container[int]) -> Units:
        """Units of which those in `dark` depend on nothing."""
        pairs = [(0, 0) if i in dark else (a, self.mask(i)) for i, a in enumerate(self.first)]
        return units_of(pairs)

    def whole(self, count: int = 1) -> Units:
        """`count` units that depend on everything any unit depends on."""
        one = units_of([self.together(range(self.count))])
        return one if count == 1 else Units(one.first * count, one.last * count,
                                            one.masks and one.masks * count)  # fmt: skip

    def never_read(self, n: int) -> list[int]:
        """Pixels of an input of `n` that no unit depends on."""
        first, mask = self.together(range(self.count))
        if mask == (1 << n) - 1:
            return []
        read = f"{mask:b}"[::-1]  # a shift for each would take the square of them
        return [i for i in range(n) if not first <= i < first + len(read) or read[i - first] == "0"]

    def together(self, some: Iterable[int]) -> tuple[int, int]:
        """First pixel and mask of what some of the units, in ascending order, depend on."""
        first, last = self.first, self.last
        present = [i for i in some if first[i] <= last[i]]
        if not present:
            return 0, 0
        base = min([first[i] for i in present])
        if self.masks is None and _touch(first, last, present):
            return base, (1 << (max([last[i] for i in present]) - base + 1)) - 1
        mask = 0
        for i in present:
            mask |= self.mask(i) << (first[i] - base)
        return base, mask


def units_of(pairs: Sequence[tuple[int, int]]) -> Units:
    """Units from (first, mask) pairs, where every mask has its lowest bit set or is 0."""
    first = tuple([base for base, _ in pairs])
    last = tuple([base + mask.bit_length() - 1 for base, mask in pairs])
    if all(mask & (mask + 1) == 0 for _, mask in pairs):
        return Units(first, last)
    return Units(first, last, tuple([mask for _, mask in pairs]))


def alike(pair: tuple[int, int], last: int) -> tuple[int, int]:
    """A pair whose mask is in memory as the last one is where the two are equal, as most are."""
    return (pair[0], last) if pair[1] == last else pair


def _or(a: Units, i: int, b: Units, j: int) -> tuple[int, int]:
    x, y = a.mask(i), b.mask(j)
    if not x or not y:
        return (a.first[i], x) if x else (b.first[j], y)
    base = min(a.first[i], b.first[j])
    return base, x << (a.first[i] - base) | y << (b.first[j] - base)


def _touch(first: Sequence[int], last: Sequence[int], some: Sequence[int]) -> bool:
    """Whether units follow each other without a gap, each beginning no earlier than the last."""
    end, begin = last[some[0]], first[some[0]]
    for i in some:
        if not begin <= first[i] <= end + 1:
            return False
        begin, end = first[i], last[i]
    return True
