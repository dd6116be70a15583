"""One rule for every file that a person names: whole, over a regular file, over nothing else."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from inspect import get_annotations, signature
from pathlib import Path
from typing import get_args

import pytest
from command import netspec
from tiny import command

from netspec.cli import COMMANDS, function

SPEC = """
name: tiny
input: [1, 8, 8]
layers: [Flatten, {Linear: 10}]
train: {data: {dataset: digits}, epochs: 1, batch_size: 100, optimizer: Adam}
"""
WRITERS = {
    "diff": ["diff", "tiny.yaml", "tiny.yaml", "--out"],
    "export": ["export", "tiny.yaml", "--format", "python", "--out"],
    "import": ["import", "net.py:Net", "--input", "1,8,8", "--out"],
    "view": ["view", "tiny.yaml", "--out"],
    "eval": ["eval", "tiny", "--wrong", "1", "2", "--out"],
    "lr-find": ["lr-find", "tiny.yaml", "--device", "cpu", "--steps", "20", "--out"],
}
"""What writes a file whose name stands after this."""
FOLDERS = {"search", "sweep", "predict"}
"""Commands that write a folder of files."""
READERS = {"weights", "data_dir", "runs_dir", "folder", "stdin_filename", "image", "assets"}
"""Other paths that options have: what is read, folders, and what something is called."""
ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "folder": (lambda path: path.mkdir(), "it is a folder, not a file"),
    "link": (lambda path: path.symlink_to("other"), "it is a symbolic link, not a file"),
    "link to nothing": (lambda path: path.symlink_to("none"), "it is a symbolic link, not a file"),
    "link to a folder": (lambda path: path.symlink_to("."), "it is a symbolic link, not a file"),
    "pipe": (os.mkfifo, "it is a pipe, not a file"),
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(SPEC)
    Path("other").write_text("other")


def options(name: str) -> dict[str, str]:
    """Every option and argument of a command that is a path, with the option's own names."""
    told = get_annotations(function(name), eval_str=True)
    paths = {}
    for parameter in signature(function(name)).parameters:
        kind, *more = get_args(told[parameter]) or [None]
        if Path in (kind, *get_args(kind)) and "Option" in repr(more):
            # typer takes the first name for a default.
            named = (more[0].default, *(more[0].param_decls or ()))
            paths[parameter] = " ".join(filter(lambda one: isinstance(one, str), named))
    return paths


def test_every_command_that_writes_where_a_person_says_is_held_to_the_rule() -> None:
    found = {name: options(name) for name in COMMANDS}
    written = {name: paths["out"] for name, paths in found.items() if "out" in paths}
    assert written.keys() - FOLDERS == set(WRITERS)
    assert {written[name] for name in WRITERS} == {"--out -o"}
    others = {one for paths in found.values() for one in paths} - {"out"}
    assert others <= READERS


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", [*WRITERS, "init"])
def test_what_is_no_regular_file_is_refused_before_any_work_and_left_as_it_is(
    name: str, odd: str
) -> None:
    make, message = ODD[odd]
    path = Path("it")
    if name == "init":
        path = Path("specs/it.yaml")
        path.parent.mkdir()
    make(path)
    before = path.lstat()
    arguments = ["init", "it", "--force"] if name == "init" else [*WRITERS[name], "it"]
    done = netspec(*arguments)
    told = message.replace("it", path.as_posix(), 1)
    assert (done.code, done.out, done.err.splitlines()[0]) == (2, "", f"error: {told}")
    after = path.lstat()
    assert (after.st_ino, after.st_mode, after.st_mtime_ns) == (
        before.st_ino, before.st_mode, before.st_mtime_ns,
    )  # fmt: skip
    assert Path("other").read_text() == "other"
    assert sorted(one.name for one in path.parent.iterdir()) == sorted(
        {"it.yaml"} if name == "init" else {"it", "other", "tiny.yaml"}
    )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/dev/null", "/dev/null is a device, not a file"),
        ("none/it", "no folder none for it"),
        ("other/it", "cannot write other/it: Not a directory"),
        ("a" * 300, f"cannot write {'a' * 300}: File name too long"),
        ("-", "- is no file to write to"),
    ],
)
@pytest.mark.parametrize("name", WRITERS)
def test_where_no_file_can_be_is_refused_before_any_work(
    name: str, path: str, message: str
) -> None:
    done = netspec(*WRITERS[name], path)
    assert (done.code, done.out, done.err.splitlines()[0]) == (2, "", f"error: {message}")


def test_a_file_that_is_there_is_replaced_whole_and_keeps_its_mode() -> None:
    Path("it").write_text("old")
    Path("it").chmod(0o640)
    with Path("it").open() as held:
        assert netspec(*WRITERS["export"], "it").code == 0
        assert held.read() == "old", "written in place"
    assert stat.S_IMODE(Path("it").stat().st_mode) == 0o640
    assert Path("it").read_text().startswith('"""A network')


def test_a_process_that_is_killed_while_it_writes_leaves_what_was_there(tmp_path: Path) -> None:
    Path("specs").mkdir()
    Path("specs/it.yaml").write_text("old")
    failpoint = {"NETSPEC_FAILPOINT": "it.yaml:half:1"}
    done = command("init", "it", "--force", cwd=tmp_path, **failpoint)
    assert done.returncode == -signal.SIGKILL
    assert Path("specs/it.yaml").read_text() == "old"


def test_a_full_disk_is_said_and_leaves_what_was_there(tmp_path: Path) -> None:
    import resource

    Path("specs").mkdir()
    Path("specs/it.yaml").write_text("old")
    full = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))  # noqa: E731
    done = command("init", "it", "--force", cwd=tmp_path, before=full)
    assert done.returncode == 3
    assert "error: cannot write specs/it.yaml (" in done.stderr
    assert "bytes): File too large\n  help: what was there is kept\n" in done.stderr
    assert os.listdir("specs") == ["it.yaml"]
    assert Path("specs/it.yaml").read_text() == "old"
