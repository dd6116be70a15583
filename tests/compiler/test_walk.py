"""How the network comes from its entries."""

from __future__ import annotations

import pytest
from texts import entry, leaves


@pytest.mark.parametrize(
    "name", ["conv1", "features", "x_1", "Stem"], ids=lambda name: f"name-{name}"
)
def test_a_name_is_the_module_path(name: str) -> None:
    assert leaves(entry(f"{{name: {name}, ReLU: }}"))[0][0] == name
