"""Channels that become pixels, and back."""

from __future__ import annotations

from plans import plan_of


def test_channels_count_together_also_where_they_part_again() -> None:
    plan = plan_of((1, 4, 4), [{"PixelUnshuffle": 2}, {"PixelShuffle": 2}])
    for axis in plan.root.output.axes:
        assert [axis.units.seen(i) for i in range(4)] == [(0, 1), (0, 1), (2, 3), (2, 3)]
