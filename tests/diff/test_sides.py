"""`netspec diff` on files, on folders and in a real repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import Done, netspec
from repository import Repository, net

from netspec.diff import git


def test_the_work_tree_is_not_touched(repository: Repository) -> None:
    repository.write("specs/kernel.yaml", net("kernel", 9))
    repository.git("add", "specs/kernel.yaml")
    repository.write("specs/kernel.yaml", net("kernel", 8))
    before = repository.git("status", "--porcelain"), repository.git("rev-parse", "HEAD")
    done = netspec("diff", "--against", "main")
    assert "out_channels 4 -> 8" in done.out
    after = repository.git("status", "--porcelain"), repository.git("rev-parse", "HEAD")
    assert after == before


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["specs/kernel.yaml"], 0),
        (["specs/kernel.yaml", "--fail-on", "params > +1000%"], 0),
        (["specs/kernel.yaml", "--fail-on", "receptive_field > +1"], 1),
        (["--fail-on", "params > 1M"], 2),
        (["--fail-on", "params > 1000000"], 1),
        (["specs/untouched.yaml", "--fail-on", "params > +0"], 0),
    ],
)
def test_fail_on_decides_the_exit_code(arguments: list[str], code: int) -> None:
    assert netspec("diff", "--against", "main", *arguments).code == code


def statuses(done: Done) -> dict[str, str]:
    return {spec["path"]: spec["status"] for spec in json.loads(done.out)["specs"]}


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["specs/kernel.yaml"], {"specs/kernel.yaml": "changed"}),
        (["specs/old-name.yaml"], {"specs/old-name.yaml": "removed"}),
        (["specs/new-name.yaml"], {"specs/new-name.yaml": "added"}),
        (["./specs/../specs/kernel.yaml"], {"specs/kernel.yaml": "changed"}),
        (
            ["."],
            {
                "specs/kernel.yaml": "changed", "specs/new-name.yaml": "renamed",
                "specs/third.yaml": "broken", "specs/untouched.yaml": "unchanged",
            },
        ),
    ],
)  # fmt: skip
def test_paths_choose_what_is_compared(paths: list[str], expected: dict[str, str]) -> None:
    assert statuses(netspec("diff", "--against", "main", "--format", "json", *paths)) == expected


def test_paths_are_those_of_the_folder_one_is_in(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.root / "specs")
    done = netspec("diff", "--against", "main", "--format", "json", "kernel.yaml")
    assert statuses(done) == {"kernel.yaml": "changed"}


def test_no_change_is_said_in_words(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "main")
    for form in "text", "markdown":
        done = netspec("diff", "--against", "main", "--format", form)
        assert "no change in 4 specs" in done.out


REFUSED = {
    "unknown commit": (["--against", "nowhere"], "git knows no commit 'nowhere'"),
    "an option for a commit": (["--against=--output=x"], "git knows no commit"),
    "neither here nor there": (["--against", "main", "no.yaml"], "neither here nor at main"),
    "one side": (["specs"], "diff takes OLD and NEW"),
    "file and folder": (["specs", "specs/kernel.yaml"], "a file and a folder"),
    "not there": (["specs", "other"], "cannot read other"),
}


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("case", REFUSED)
def test_wrong_use_is_refused_with_2(case: str) -> None:
    arguments, message = REFUSED[case]
    done = netspec("diff", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_outside_of_a_repository_the_message_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    done = netspec("diff", "--against", "main", ".")
    assert done.code == 2
    assert "not a git repository" in done.err


def test_without_git_the_message_says_so(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(repository.root))
    done = netspec("diff", "--against", "main")
    assert done.code == 2
    assert "git is not installed" in done.err


def test_contents_come_back_byte_for_byte(repository: Repository) -> None:
    texts = {"a.yaml": b"", "b.yaml": b"\n", "c d.yaml": "ä\r\nx".encode(), "e.yaml": b"\x00\xff"}
    for name, text in texts.items():
        (repository.root / name).write_bytes(text)
    repository.git("config", "core.autocrlf", "false")
    repository.commit()
    (repository.root / "link.yaml").symlink_to("a.yaml")
    repository.commit()
    found = git.files("HEAD", [Path(".")])
    assert {name: found[name] for name in texts} == texts
    assert "link.yaml" not in found


def test_files_and_folders_are_compared_without_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for side, width in ("old", 4), ("new", 5):
        (tmp_path / side / "sub").mkdir(parents=True)
        (tmp_path / side / "sub" / "a.yaml").write_text(net(width=width))
        (tmp_path / side / "b.yaml").write_text(net())
    done = netspec("diff", "old", "new", "--format", "json")
    assert statuses(done) == {"new/sub/a.yaml": "changed", "new/b.yaml": "unchanged"}
    done = netspec("diff", "old/b.yaml", "new/sub/a.yaml", "--format", "json")
    assert statuses(done) == {"new/sub/a.yaml": "changed"}
