from __future__ import annotations

import pytest

from netspec.diagnostic import UsageError
from netspec.search.bounds import Figures, bound

WIDE = Figures(8000, 10**6, 4000, 5000, 9, (18, 9), (18, 9), (1, 28, 14), (10,))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("params <= 8k", True),
        ("params<8k", False),
        ("params == 8000", True),
        ("macs > 1M", False),
        ("activation_bytes <= 4 kB", True),
        ("training_bytes <= 4.5 kB", False),
        ("layers >= 9", True),
        # on any and on every axis, as in audit:
        ("receptive_field >= 9", True),
        ("receptive_field >= 10", False),
        ("receptive_field <= 18", True),
        ("receptive_field <= 17", False),
        ("receptive_field >= 64 %", True),
        ("receptive_field >= 65 %", False),
    ],
)
def test_a_bound_holds_as_in_an_audit(text: str, holds: bool) -> None:
    found = bound(text)
    assert found
    assert (found.lack(WIDE) == 0) is holds


@pytest.mark.parametrize("text", ["receptive_field >= 1", "receptive_field <= 100"])
@pytest.mark.parametrize("sizes", [(), (None, 9)])
def test_a_field_of_no_single_size_keeps_to_nothing(
    text: str, sizes: tuple[int | None, ...]
) -> None:
    found = bound(text)
    assert found
    assert found.lack(WIDE._replace(sizes=sizes)) > 0


def test_having_no_errors_is_asked_of_every_candidate() -> None:
    assert bound("errors == 0") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("params", "is no bound"),
        ("params = 8k", "is no bound"),
        ("parms <= 8k", "'parms' is no quantity"),
        ("train.epochs <= 8", "is no bound"),
        ("params <= 8x", "'x' is not a unit here"),
        ("params <= 60 %", "'%' is not a unit here"),
        ("params <= 8.0001k", "is not a whole number"),
        ("errors <= 3", "what has errors is never kept"),
    ],
)
def test_what_is_no_bound_on_a_quantity_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        bound(text)
    assert f"--keep '{text}'" in str(caught.value)
    assert message in str(caught.value)
    assert caught.value.help
