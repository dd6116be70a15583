"""How the units of a flow read one axis of the input, and what holds for all axes together."""

from collections.abc import Sequence
from typing import NamedTuple

from netspec.flow.reading import joined, read, union, whole
from netspec.flow.receptive_field import NOTHING, Field
from netspec.flow.units import Units
from netspec.flow.window import Window
from netspec.flow.work import Work


class Axis(NamedTuple):
    """How the units of a flow read one spatial axis of the input."""

    units: Units
    field: Field | None
    along: int | None
    """Axis of the flow's shape whose index picks the unit; None once every unit reads the same."""

    @property
    def local(self) -> bool:
        """Whether units at different positions can read different pixels."""
        if self.along is None:
            return False
        if self.field is None or self.field.advance == 0:
            return self.units.vary
        return self.field.advance is not None

    def through(self, window: Window, along: int, work: Work) -> "Axis":
        """The axis after a window whose units lie along axis `along` of the new shape."""
        n = self.units.count
        field = self.field and self.field.through(window, n, work)
        return Axis(read(self.units, window, work), field, along)

    def whole(self, work: Work) -> "Axis":
        """The axis once every unit reads all of it."""
        if self.along is None:
            return self
        n = self.units.count
        return Axis(whole(self.units, work), self.field and self.field.whole(n), None)

    def join(self, other: "Axis", work: Work) -> "Axis":
        """The axis of units that read what both read."""
        if self.along != other.along:
            if self.along is not None and other.along is not None:
                # The units of the two stand along different axes of the tensor.
                return self.whole(work).join(other.whole(work), work)
            mine, theirs = self.spread(other.units.count), other.spread(self.units.count)
            along = other.along if self.along is None else self.along
            return mine._replace(along=along).join(theirs._replace(along=along), work)
        if self == other:
            return self
        field = self.field and other.field and self.field.hull(other.field, work)
        return Axis(union(self.units, other.units, work), field, self.along)

    def append(self, other: "Axis", n: int, m: int, work: Work) -> "Axis":
        """The axis of `n` units along the first axis of a tensor and `m` of another behind them."""
        stands = {self.along, other.along} - {None}
        if stands != {0}:
            # Along another axis of the tensor, or along two that differ.
            return self.join(other, work)
        one, two = self.standing(n), other.standing(m)
        work.spend(n + m)
        return Axis(joined(one.units, two.units), None, 0)

    def standing(self, count: int) -> "Axis":
        """The axis of `count` units along the first axis of a tensor."""
        return self if self.along == 0 else self.spread(count)

    @property
    def blank(self) -> "Axis":
        """The axis of units that read nothing."""
        return Axis(Units.nothing(self.units.count), NOTHING, self.along)

    def spread(self, count: int) -> "Axis":
        """The axis with its one unit standing at each of `count` positions."""
        return self if self.units.count != 1 else self._replace(units=self.units.whole(count))


def seen(axes: Sequence[Axis]) -> list[tuple[int, int] | None]:
    """First and last pixel of the real input that the centre unit depends on, for each axis."""
    found = [axis.units.seen(axis.units.count // 2) for axis in axes]
    return [None] * len(found) if None in found else found


def together(axes: Sequence[Axis], before: Sequence[Axis], work: Work) -> tuple[Axis, ...]:
    """Axes as they are once a unit that reads nothing on one of them reads nothing at all.

    What is as it was `before`, where that held, is not looked at again.
    """
    new = [a for a, b in zip(axes, before, strict=True) if a.units is not b.units]
    if any(axis.units.dark for axis in new):
        work.spend(sum(axis.units.count for axis in axes))
        return tuple(axis.blank for axis in axes)
    if any(axis.field and axis.field.dark for axis in new):
        nothing = [axis.field and Field((None,), (None,), axis.field.advance) for axis in axes]
        axes = [axis._replace(field=field) for axis, field in zip(axes, nothing, strict=True)]
    return tuple(axes)
