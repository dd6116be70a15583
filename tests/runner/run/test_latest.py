"""Which run is meant by last."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from netspec.diagnostic import UsageError
from netspec.runner.run.latest import find, remember


def make(folder: Path, date: str = "", locked: int = 0) -> Path:
    folder.mkdir(parents=True)
    for name in (".lock", "spec.yaml"):
        (folder / name).touch()
    os.utime(folder / ".lock", ns=(0, locked))
    if date:
        (folder / "environment.json").write_text(json.dumps({"date": date}))
    return folder


class TestLast:
    def test_is_the_run_that_was_remembered_whatever_clocks_and_copies_say(
        self, tmp_path: Path
    ) -> None:
        first, second = make(tmp_path / "b" / "1", "2030", 9), make(tmp_path / "a" / "10", "2020")
        remember(first)
        remember(second)
        shutil.copytree(first, tmp_path / "b" / "2")
        assert find("last", tmp_path) == second
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [".last"]

    @pytest.mark.parametrize(
        "told", [b"", b"b", b"b/3\n", b"../x/1", b"a/b/1", b"\xff/1", b"\0/1", b"x" * 9999]
    )
    def test_is_the_newest_by_date_where_nothing_of_use_is_remembered(
        self, tmp_path: Path, told: bytes
    ) -> None:
        make(tmp_path / "x" / "1", "2040")
        runs = tmp_path / "runs"
        make(runs / "b" / "1", "2025", 9)
        newest = make(runs / "b" / "2", "2026")
        make(runs / "b" / "9")
        (runs / "b" / "9" / "environment.json").write_text("[" * 100_000)
        (runs / ".last").write_bytes(told)
        assert find("last", runs) == newest

    def test_is_the_last_locked_of_those_without_a_date(self, tmp_path: Path) -> None:
        for index, name in enumerate(["b/1", "a/2", "a/10"]):
            make(tmp_path / name, locked=index)
        make(tmp_path / "c" / "1", locked=9).joinpath("spec.yaml").unlink()
        assert find("last", tmp_path) == tmp_path / "a" / "10"

    def test_a_pipe_in_the_way_is_passed_by(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / ".last")
        run = make(tmp_path / "b" / "1")
        remember(run)
        assert find("last", tmp_path) == run

    def test_what_a_killed_start_left_is_gone_after_the_next(self, tmp_path: Path) -> None:
        (tmp_path / "..last.0badcafe.partial").touch()
        (tmp_path / ".mine.0badcafe.partial").touch()
        remember(make(tmp_path / "b" / "1"))
        assert [p.name for p in tmp_path.glob(".*.partial")] == [".mine.0badcafe.partial"]


def test_no_run_is_said(tmp_path: Path) -> None:
    for name in ("last", str(tmp_path / "x")):
        with pytest.raises(UsageError, match="no run in"):
            find(name, tmp_path)
