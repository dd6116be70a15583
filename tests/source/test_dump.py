"""Data written as YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec import source
from netspec.diagnostic import UsageError
from netspec.source.dump import dumped, flow
from netspec.source.scalar import NOT_TEXT

SPECS = sorted((Path(__file__).parents[2]).glob("*/*.yaml"))

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"))
keys = texts.filter(lambda text: text != "<<" and NOT_TEXT.search(text) is None)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts.filter(lambda text: NOT_TEXT.search(text) is None),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(keys, values, min_size=1, max_size=5))
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    assert source.parse(dumped(data), "spec.yaml").data == data


@pytest.mark.parametrize("file", SPECS, ids=lambda file: file.name)
def test_a_spec_is_read_back(file: Path) -> None:
    data = source.load(file).data
    assert source.parse(dumped(data), "spec.yaml").data == data


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1, 28.5, None, True], "[1, 28.5, null, true]"),
        ({"ReLU": None}, "{ReLU: }"),
        ("$(w * 2)", "$(w * 2)"),
        ("$(max(w, 2))", '"$(max(w, 2))"'),
        ("1e-3", '"1e-3"'),
        ("8k", "8k"),
        ("60 %", "60 %"),
        ("true", '"true"'),
        ("a: b", '"a: b"'),
        ("", '""'),
    ],
)
def test_a_value_is_written_as_people_write_it(value: Any, text: str) -> None:
    assert flow(value) == text


def test_lists_that_are_long_have_an_item_on_each_line() -> None:
    layers = [{"Conv2d": [8, 3]}, "ReLU", {"name": "head", "Linear": 10}] * 2
    lines = dumped({"input": (1, 28, 28), "layers": layers}).splitlines()
    assert lines[:4] == ["input: [1, 28, 28]", "layers:", "  - Conv2d: [8, 3]", "  - ReLU"]


class Own(int):
    pass


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"input": [1, Own(2)]}, r"input\[1\] is of Own, which no spec can have"),
        ({"layers": [{"ReLU": {1: 2}}]}, r"the key 1 of layers\[0\].ReLU is no text"),
        ({"train": {1, 2}}, "train is of set, which no spec can have"),
    ],
)
def test_what_yaml_does_not_know_is_refused_with_its_place(data: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        dumped(data)


def test_a_list_that_holds_itself_is_refused() -> None:
    layers: list[Any] = []
    layers.append(layers)
    with pytest.raises(UsageError, match="nested too deep"):
        dumped({"layers": layers})
