"""Settings as editors send them."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("pygls")

from netspec.lsp.settings import Settings, read


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        (None, Settings()),
        ({}, Settings()),
        ({"netspec": None}, Settings()),
        ({"yaml": {"hover": True}}, Settings()),
        ({"hints": []}, Settings(hints=())),
        ({"netspec": {"hints": ["macs"], "completion": "all"}}, Settings(("macs",), "all")),
        ({"netspec": {"diagnostics": "off"}, "yaml": {}}, Settings(diagnostics="off")),
    ],
)
def test_settings_are_read_from_where_editors_have_them(given: Any, settings: Settings) -> None:
    assert read(given) == (settings, [])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"netspec": 3}, "netspec: settings are a mapping, not 3"),
        ({"netspec": {"hint": []}}, "netspec has no setting hint; did you mean hints?"),
        ({"hints": "output"}, "netspec.hints: a list, not 'output'; known here: output"),
        ({"diagnostics": "info"}, "netspec.diagnostics: not 'info'; known here: off, error"),
    ],
)
def test_what_is_wrong_is_said_and_left_out(given: Any, message: str) -> None:
    settings, (told,) = read(given)
    assert settings == Settings()
    assert told.startswith(message)
