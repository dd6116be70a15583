"""Conditions as people write them."""

from __future__ import annotations

import pytest

from netspec.diagnostic import UsageError
from netspec.language import condition


@pytest.mark.parametrize("text", ["", "params", "params > ", "parms > 1", "params > 1 2", "a = 1"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        condition.parse(text)
