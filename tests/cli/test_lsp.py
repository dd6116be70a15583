"""netspec lsp, where it cannot serve."""

from __future__ import annotations

import sys

import pytest
from command import netspec


def test_without_its_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("netspec.lsp")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    done = netspec("lsp")
    assert (done.code, done.out) == (3, "")
    assert done.err.splitlines()[1:] == ["  help: pip install 'netspec[lsp]'"]
    assert done.err.startswith("error: lsp needs ")
