"""Fields and units of stacks of windows, held against sets built position by position."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.diagnostic import Fault
from netspec.flow.axis import Axis
from netspec.flow.flow import Flow
from netspec.flow.receptive_field import Field
from netspec.flow.units import Units
from netspec.flow.window import Adaptive, Strided, Whole, Window, Wrapped
from netspec.flow.work import Work
from netspec.layers.interpolation import Interpolated
from netspec.layers.shuffling import Repeated
from netspec.layers.transposed import Transposed


def positive(most: int) -> st.SearchStrategy[int]:
    return st.integers(1, most)


windows = st.one_of(
    st.builds(
        Strided, positive(4), positive(3), positive(3), st.integers(-2, 3), st.integers(-2, 3),
        st.booleans(), st.sampled_from(["zeros", "zeros", "replicate"]),
    ),
    st.builds(
        Transposed, positive(4), positive(3), positive(3), st.integers(0, 2), st.integers(0, 1)
    ),
    st.builds(Repeated, positive(3)),
    st.builds(Wrapped, st.integers(0, 1), st.integers(0, 1)),
    st.builds(lambda up, reach: (up, reach), st.sampled_from([2.0, 3.0, 1.5]), positive(2)),
)  # fmt: skip
stacks = st.lists(windows, max_size=5)


def over(window: Window | tuple[float, int], n: int) -> Window:
    """An interpolation needs to know the length it works on."""
    if isinstance(window, Window):
        return window
    factor, reach = window
    return Interpolated(n, int(n * factor), factor, reach, corners=False)


def run(stack: list[Window], n: int) -> tuple[list[Window], Axis] | None:
    """The windows as they apply and the axis behind them; None where one does not fit."""
    axis = Axis(Units.identity(n), Field(), 1)
    applied = []
    for drawn in stack:
        window = over(drawn, axis.units.count)
        try:
            if not 1 <= window.length(axis.units.count) <= 200:
                return None
        except Fault:
            return None
        axis = axis.through(window, 1, Work())
        applied.append(window)
    return applied, axis


def sets(units: Units, n: int) -> list[set[int]]:
    return [
        {units.first[i] + b for b in range(n) if units.mask(i) >> b & 1} for i in range(units.count)
    ]


def places(window: Window, o: int, n: int) -> list[int]:
    return [p for t in window.taps(o) if (p := window.place(t, n)) is not None]


@given(stacks, st.integers(1, 16))
def test_units_are_the_unions_of_what_their_taps_read(stack: list[Window], n: int) -> None:
    ran = run(stack, n)
    if ran is None:
        return
    applied, axis = ran
    naive = [{i} for i in range(n)]
    for window in applied:
        m = len(naive)
        naive = [
            set().union(*(naive[p] for p in places(window, o, m))) for o in range(window.length(m))
        ]
    assert sets(axis.units, n) == naive
    assert axis.units.never_read(n) == sorted(set(range(n)) - set().union(*naive))
    assert [axis.units.seen(i) for i in range(axis.units.count)] == [
        (min(read), max(read)) if read else None for read in naive
    ]


@given(stacks)
def test_the_field_is_the_ends_of_what_units_read_on_an_axis_without_ends(
    stack: list[Window],
) -> None:
    ran = run(stack, 40)
    if ran is None:
        return
    applied, axis = ran
    assert axis.field is not None

    @cache
    def ends(level: int, o: int) -> tuple[int, int] | None:
        if level == 0:
            return o, o
        below = [ends(level - 1, t) for t in applied[level - 1].taps(o)]
        read = [end for end in below if end is not None]
        return (min(a for a, _ in read), max(b for _, b in read)) if read else None

    phases = len(axis.field.lo)
    for o in range(-phases, 3 * phases):
        assert axis.field.at(o) == ends(len(applied), o)


same = st.one_of(
    st.builds(lambda d, k: Strided(k, 1, d, d * (k - 1), 0), positive(3), positive(4)),
    st.builds(lambda d: Strided(3, 1, d, d, d, border="replicate"), positive(3)),
)  # fmt: skip
halved = st.builds(
    lambda k, up: [Strided(k, 2, left=k - 1), up], positive(4),
    st.sampled_from([Repeated(2), Transposed(2, 2), Transposed(3, 2, padding=1, output_padding=1)]),
)  # fmt: skip
paths = st.builds(
    lambda more, most: [*more, *most], st.lists(same, max_size=3), halved | st.just([])
)


@given(paths, paths)
def test_joined_units_read_what_both_read(one: list[Window], other: list[Window]) -> None:
    ran = [run(one, 12), run(other, 12)]
    (_, a), (_, b) = (path for path in ran if path is not None)
    joined = a.join(b, Work())
    both = zip(sets(a.units, 12), sets(b.units, 12), strict=True)
    assert sets(joined.units, 12) == [x | y for x, y in both]
    assert a.field is not None
    assert b.field is not None
    if a.field.jump != b.field.jump:
        assert joined.field is None
    else:
        assert joined.field is not None
        for i in range(-4, 8):
            ends = [end for end in (a.field.at(i), b.field.at(i)) if end]
            hull = (min(x for x, _ in ends), max(y for _, y in ends)) if ends else None
            assert joined.field.at(i) == hull


CHAINS: dict[str, tuple[list[Window], Field | None]] = {
    "two convolutions of 3": ([Strided(3), Strided(3)], Field((0,), (4,), 1)),
    "jump after pooling": ([Strided(2, 2), Strided(3, left=1, right=1)], Field((-2,), (3,), 2)),
    "dilation": ([Strided(3, dilation=4, left=4, right=4)], Field((-4,), (4,), 1)),
    "all read whole": ([Strided(3), Whole()], Field((0,), (15,), None)),
    "bins that divide": ([Adaptive(16, 4)], Field((0,), (3,), 4)),
    "bins that do not": ([Adaptive(16, 3)], None),
    "transposed, kernel as stride": ([Transposed(2, 2)], Field((0, 0), (0, 0), 1)),
    "transposed, kernel above stride": ([Transposed(3, 2)], Field((-1, 0), (0, 0), 1)),
    "transposed, kernel below stride": ([Transposed(1, 2)], Field((0, None), (0, None), 1)),
    "of which a pool takes the empty ones":
        ([Transposed(1, 2), Strided(1, 2, left=-1)], Field((None,), (None,), 1)),
    "and a convolution reads those":
        ([Transposed(1, 2), Strided(1, 2, left=-1), Strided(3)], Field((None,), (None,), 1)),
    "down and up again": ([Strided(2, 2), Repeated(2)], Field((0, 0), (1, 1), 2)),
    "bilinear doubling":
        ([Interpolated(16, 32, 2.0, 1, False)], Field((-1, 0), (0, 1), 1)),
    "aligned corners": ([Interpolated(16, 31, None, 1, True)], None),
    "too many phases": ([Interpolated(16, 19, 1.2345678, 1, False)], None),
}  # fmt: skip


@pytest.mark.parametrize(("chain", "field"), CHAINS.values(), ids=CHAINS)
def test_the_field_of_a_chain(chain: list[Window], field: Field | None) -> None:
    ran = run(chain, 16)
    assert ran is not None
    assert ran[1].field == field


def test_the_jump_is_a_fraction_where_a_layer_upsamples() -> None:
    field = Field().through(Transposed(3, 2), 8, Work())
    assert field is not None
    assert (field.size, field.jump, field.start) == (2, Fraction(1, 2), -1)


def test_a_field_of_nothing_has_no_size() -> None:
    assert (Field((None,), (None,), 2).size, Field((None,), (None,), 2).at(3)) == (0, None)


def test_units_of_an_axis_without_a_field_are_local_only_while_they_differ() -> None:
    uneven = Axis(Units.identity(7), Field(), 1).through(Adaptive(7, 3), 1, Work())
    assert uneven.field is None
    assert uneven.local
    assert not uneven.through(Whole(4), 1, Work()).local


def test_axes_that_stand_along_different_axes_of_the_tensor_join_as_read_whole() -> None:
    along = Flow.input((1, 4, 4)).axes[0]
    joined = along.join(along._replace(along=2), Work())
    assert (joined.along, joined.units.seen(0)) == (None, (0, 3))
