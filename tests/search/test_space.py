from __future__ import annotations

from typing import Any

import pytest

from netspec.diagnostic import UsageError
from netspec.search.halving import around
from netspec.search.space import space


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("4..8", [4, 5, 6, 7, 8]),
        ("8..8", [8]),
        ("-2..1", [-2, -1, 0, 1]),
        ("4..12 step 4", [4, 8, 12]),
        ("4..13 step 4", [4, 8, 12]),
        ("0.0..0.3 step 0.1", [0.0, 0.1, 0.2, 0.3]),
        ("log 1..1000 4", [1, 10, 100, 1000]),
        ("log 1e-4..1e-1 4", [1e-4, 1e-3, 1e-2, 1e-1]),
        ("log 4..8 20", [4, 5, 6, 7, 8]),
        ("[8, true, 8, 8.0, same]", [8, True, 8.0, "same"]),
        ("[{Conv2d: [8, 3]}, ReLU]", [{"Conv2d": [8, 3]}, "ReLU"]),
    ],
)
def test_a_range_has_both_its_ends_and_a_list_each_value_once(text: str, values: list[Any]) -> None:
    (axis,) = space([f"vars.a={text}"]).axes
    assert list(map(repr, axis.values)) == list(map(repr, values))


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "nothing varies"),
        (["vars.a"], "--vary vars.a: no values"),
        (["vars.a="], "--vary vars.a=: no values"),
        (["vars.a=8"], "'8' is no range and no list"),
        (["vars.a=4...8"], "'4...8' is no range and no list"),
        (["vars.a=[4"], "'[4' is no range and no list"),
        (["vars.a=[]"], "the list is empty"),
        (["vars.a=8..4"], "there is nothing from 8 to 4"),
        (["vars.a=4..8 step 0"], "a step of 0 leads nowhere"),
        (["vars.a=0.1..0.4"], "no step between 0.1 and 0.4"),
        (["vars.a=log 0..8 4"], "no factors lead from 0 to 8"),
        (["vars.a=log 1..8 1"], "1 has no place for both ends"),
        (["vars.a=1..1000000"], "1,000,000 values are over the limit of 100,000"),
        (["vars.a=1..2", "vars.a=3..4"], "--vary vars.a is twice"),
        (["layers.0=[ReLU]", "layers.0.Conv2d=1..2"], "is in layers.0, which varies too"),
    ],
)
def test_what_is_no_range_is_refused_with_its_text(texts: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        space(texts)
    assert message in str(caught.value)


def test_points_stand_in_an_order_that_numbers_tell() -> None:
    where = space({"a": [1, 2], "b": "1..3", "c": [True, False]})
    points = list(where.points(0, where.size))
    assert points == sorted(points)
    assert points == [where.point(i) for i in range(where.size)]
    assert list(map(where.place, points)) == list(range(12))
    assert list(where.points(5, 9)) == points[5:9]
    assert where.values((1, 2, 0)) == {"a": 2, "b": 3, "c": True}


def test_steps_from_a_point_halve_the_way_to_each_end() -> None:
    where = space(["a=0..10", "b=[1]"])
    assert [a for a, _ in around(where, (2, 0))] == [0, 1, 10, 6, 4, 3]
