"""What `--fail-on` fails."""

from __future__ import annotations

import pytest
from compared import BROKEN, changed, version
from repository import net

from netspec.diff import compare as diff
from netspec.diff import threshold
from netspec.language import condition

CONDITIONS = {
    "params > +10%": True,
    "params > +300%": False,
    "params > +200": True,
    "params > +2000": False,
    "params > 10": True,
    "params>=+0": True,
    "macs > +1": True,
    "macs < -1": False,
    "receptive_field > +1": True,
    "receptive_field > +2": False,
    "receptive_field <= 7": True,
    "activation_bytes < -10%": False,
    "findings > 0": False,
    "findings >= +0": True,
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_hold_where_they_should(text: str) -> None:
    # 104 to 400 parameters, 5 to 7 pixels.
    one = "input: [1, 28, 28]\nlayers: [Conv2d: {}]\n"
    spec = changed(one.format("[4, 5]"), one.format("[8, 7]"))
    assert bool(threshold.failures([spec], [condition.parse(text)])) == CONDITIONS[text]


def test_conditions_are_not_asked_of_what_has_nothing_to_compare_with() -> None:
    (added,) = diff.compare({}, {"a": version(net())})
    relative, absolute = condition.parse("params > +0"), condition.parse("params > 1")
    assert threshold.failures([added], [relative]) == []
    assert len(threshold.failures([added], [absolute])) == 1


def test_a_broken_spec_fails_every_condition_once() -> None:
    (broken,) = diff.compare({"a": version(net())}, {"a": version(BROKEN)})
    conditions = [condition.parse("params > 1"), condition.parse("macs > 1")]
    assert threshold.failures([broken], conditions) == [
        "a.yaml: broken, so nothing can be compared"
    ]
    assert threshold.failures([broken], []) == []
