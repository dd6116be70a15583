"""Which files are read."""

from __future__ import annotations

import os
import socket
import tracemalloc
from pathlib import Path

import pytest

from netspec import source
from netspec.diagnostic import SpecError, UsageError


def test_a_file_is_read_and_named_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    os.symlink("a.yaml", tmp_path / "specs" / "link.yaml")
    for path in ("specs/a.yaml", Path("specs/a.yaml"), "./specs//a.yaml"):
        spec = source.load(path)
        assert (spec.path, spec.data) == ("specs/a.yaml", {"a": 1, "b": 2})
        assert spec.lines == ["a: 1", "b: 2", ""]
    assert source.load("specs/link.yaml").data == {"a": 1, "b": 2}


def unreadable(kind: str, folder: Path) -> Path:
    path = folder / "spec.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(str(path))
    elif kind == "device":
        return Path("/dev/zero")
    elif kind == "file for a folder":
        path.touch()
        return path / "spec.yaml"
    elif kind == "link to itself":
        path.symlink_to(path)
    elif kind == "name too long":
        return folder / ("a" * 300)
    return path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="files of these kinds are POSIX's")
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "no such file"),
        ("folder", "is a folder, not a file"),
        ("fifo", "is not a regular file"),
        ("socket", "is not a regular file"),
        ("device", "is not a regular file"),
        ("file for a folder", "not a directory"),
        ("link to itself", "symbolic link"),
        ("name too long", "too long"),
    ],
)
def test_only_a_readable_regular_file_will_do(kind: str, words: str, tmp_path: Path) -> None:
    path = unreadable(kind, tmp_path)
    with pytest.raises(UsageError, match=words) as caught:
        source.load(path)
    assert path.as_posix() in str(caught.value)
    assert caught.value.help
    assert caught.value.exit_code == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="FIFOs are POSIX's")
def test_a_file_that_turns_into_a_fifo_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regular, fifo = tmp_path / "a.yaml", tmp_path / "fifo"
    regular.touch()
    os.mkfifo(fifo)
    mode = os.stat(regular)
    monkeypatch.setattr(source.os, "stat", lambda path: mode)
    with pytest.raises(UsageError, match="is not a regular file"):
        source.load(fifo)


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "mnist.yaml").touch()
    with pytest.raises(UsageError) as caught:
        source.load(tmp_path / "mnits.yaml")
    assert caught.value.help == "did you mean mnist.yaml?"


@pytest.mark.parametrize("path", ["a\0b", b"sp\xe9cs.yaml".decode("utf8", "surrogateescape")])
def test_odd_names_are_no_crash(path: str) -> None:
    with pytest.raises(UsageError):
        source.load(path)


def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(SpecError, match="larger than 1024 KiB"):
            source.load(path)
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()


def test_a_file_without_permission_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: object, flags: int) -> int:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.yaml"
    path.touch()
    monkeypatch.setattr(source.os, "open", denied)
    with pytest.raises(UsageError, match=r"cannot read .*a\.yaml: permission denied"):
        source.load(path)
