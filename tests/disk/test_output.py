"""A file that is checked before it takes its name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netspec.disk import output


def test_a_check_reads_the_whole_file_while_the_old_one_is_there(tmp_path: Path) -> None:
    path = tmp_path / "it"
    path.write_text("old")
    seen = []
    output.write(path, b"new", lambda part: seen.append((part.read_text(), path.read_text())))
    assert seen == [("new", "old")]
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["it"]


@pytest.mark.parametrize("old", ["old", None])
def test_where_the_check_raises_nothing_has_changed(tmp_path: Path, old: str | None) -> None:
    path = tmp_path / "it"
    if old:
        path.write_text(old)

    def refuse(part: Path) -> None:
        raise RuntimeError(part.read_text())

    with pytest.raises(RuntimeError, match="new"):
        output.write(path, b"new", refuse)
    assert [file.read_text() for file in tmp_path.iterdir()] == ([old] if old else [])


def test_a_name_as_long_as_one_can_be_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 127)
    output.write(path, b"new")
    assert path.read_bytes() == b"new"
