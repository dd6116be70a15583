"""How windows meet the axis they slide over, against a look at every tap of every unit."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from netspec.diagnostic import Fault
from netspec.flow.window import Strided
from netspec.rules._windows import Taps, real_taps

small = st.integers(1, 9)


@given(small, small, small, st.integers(0, 12), st.integers(0, 12), st.integers(1, 20))
def test_taps_on_the_axis_are_counted_as_one_by_one(
    kernel: int, stride: int, dilation: int, left: int, right: int, n: int
) -> None:
    window = Strided(kernel, stride, dilation, left, right)
    try:
        units = window.length(n)
    except Fault:
        assume(False)
        raise
    on = [[0 <= tap < n for tap in window.taps(o)] for o in range(units)]
    alive = sum(map(any, zip(*on, strict=True)))
    assert real_taps(window, n) == Taps(alive, sum(map(sum, on)), units)
    begin, end = window.inner(n)
    assert [all(taps) for taps in on] == [begin <= o < end for o in range(units)]
