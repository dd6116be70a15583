"""Both parsers of PyYAML."""

from __future__ import annotations

import pytest
import yaml


@pytest.fixture(params=["c", "python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "python":
        monkeypatch.delattr(yaml, "CBaseLoader")
    return str(request.param)
