"""Which run is meant by last."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netspec.diagnostic import UsageError
from netspec.runner.run.latest import find


class TestPlaces:
    def test_last_is_the_run_that_started_last(self, tmp_path: Path) -> None:
        for index, name in enumerate(["b/1", "a/2", "a/10", "c/1"]):
            folder = tmp_path / name
            folder.mkdir(parents=True)
            (folder / ".lock").touch()
            os.utime(folder / ".lock", ns=(0, index))
            if name != "c/1":
                (folder / "spec.yaml").touch()
        assert find("last", tmp_path) == tmp_path / "a" / "10"

    def test_no_run_is_said(self, tmp_path: Path) -> None:
        for name in ("last", str(tmp_path / "x")):
            with pytest.raises(UsageError, match="no run in"):
                find(name, tmp_path)
