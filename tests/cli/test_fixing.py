"""`netspec check --fix`: what it writes, what it prints, what it ends with."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from command import netspec

WRONG = "input: [1, 9, 9]\nlayers:\n  - Conv2D: [4, 3]  # first\n  - relu\n"
RIGHT = "input: [1, 9, 9]\nlayers:\n  - Conv2d: [4, 3]  # first\n  - ReLU\n"
UNSAFE = "input: [1, 9, 9]\nlayers: [Conv2d: [4, 3], BatchNorm2d, ReLU]\n"


@pytest.fixture(autouse=True)
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    file = tmp_path / "a.yaml"
    file.write_bytes(WRONG.encode())
    return file


def test_a_file_is_fixed_and_reported_as_it_is_then(spec: Path) -> None:
    done = netspec("check", "a.yaml", "--fix", "--quiet")
    assert done == (0, "", "fixed in a.yaml: 2 unknown-layer\n")
    assert spec.read_bytes() == RIGHT.encode()
    assert netspec("check", "a.yaml", "--fix", "--quiet") == (0, "", "")


def test_marks_of_bytes_and_lines_the_mode_and_a_link_stay(spec: Path) -> None:
    spec.write_bytes(b"\xef\xbb\xbf" + WRONG.replace("\n", "\r\n").encode())
    spec.chmod(0o640)
    Path("link.yaml").symlink_to("a.yaml")
    assert netspec("check", "link.yaml", "--fix").code == 0
    assert spec.read_bytes() == b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(spec.stat().st_mode) == 0o640
    assert Path("link.yaml").is_symlink()
    assert sorted(os.listdir()) == ["a.yaml", "link.yaml"]


def test_a_diff_is_shown_and_nothing_written(spec: Path) -> None:
    done = netspec("check", "a.yaml", "--fix", "--diff")
    assert done.out == (
        "--- a.yaml\n+++ a.yaml\n@@ -1,4 +1,4 @@\n input: [1, 9, 9]\n layers:\n"
        "-  - Conv2D: [4, 3]  # first\n-  - relu\n+  - Conv2d: [4, 3]  # first\n+  - ReLU\n"
    )
    assert done.code == 0
    assert "would fix in a.yaml: 2 unknown-layer\n" in done.err
    assert spec.read_bytes() == WRONG.encode()


def test_a_diff_knows_a_file_without_a_last_break(spec: Path) -> None:
    spec.write_text(WRONG.rstrip())
    out = netspec("check", "a.yaml", "--diff").out
    assert out.endswith("  - ReLU\n\\ No newline at end of file\n")
    assert out.count("No newline") == 2


def test_what_changes_the_network_is_asked_for(spec: Path) -> None:
    spec.write_text(UNSAFE)
    left = netspec("check", "a.yaml", "--fix", "--strict")
    assert left.code == 1
    assert left.out.endswith("1 spec: 1 warning; --fix --unsafe-fixes mends 1\n")
    assert spec.read_text() == UNSAFE
    assert netspec("check", "a.yaml", "--fix", "--unsafe-fixes", "--strict").code == 0
    assert "bias: false" in spec.read_text()


@pytest.mark.parametrize("given", [WRONG.encode(), b"\xef\xbb\xbf" + WRONG.encode()])
def test_standard_input_comes_out_fixed(given: bytes) -> None:
    done = netspec("check", "-", "--fix", given=given)
    assert done.out.encode() == given.replace(b"Conv2D", b"Conv2d").replace(b"relu", b"ReLU")
    assert done.code == 0
    assert "fixed in stdin.yaml" in done.err


@pytest.mark.parametrize("given", [b"input: [1, 9\n", b"", b"\tinput: 1"])
def test_what_cannot_be_read_comes_out_as_it_is(given: bytes) -> None:
    done = netspec("check", "-", "--fix", given=given)
    assert done.code == 1
    assert done.out.encode() == given
    assert "error[" in done.err


def test_findings_that_remain_decide(spec: Path) -> None:
    spec.write_text(WRONG + "  - Conv2d: [4, 30]\n")
    done = netspec("check", "a.yaml", "--fix", "--format", "json")
    (found,) = json.loads(done.out)["specs"][0]["diagnostics"]
    assert (done.code, found["code"], found["fix"]) == (1, "window-too-large", None)
    assert spec.read_text().startswith(RIGHT)


def test_json_and_sarif_have_the_edits() -> None:
    (spec,) = json.loads(netspec("check", "a.yaml", "--format", "json").out)["specs"]
    assert spec["diagnostics"][0]["fix"] == {
        "title": "write Conv2d", "safe": True, "edits": [
            {"line": 3, "column": 5, "end_line": 3, "end_column": 11, "text": "Conv2d"}
        ],
    }  # fmt: skip
    (run,) = json.loads(netspec("check", "a.yaml", "--format", "sarif").out)["runs"]
    (fix,) = run["results"][1]["fixes"]
    (change,) = fix["artifactChanges"]
    assert fix["description"] == {"text": "write ReLU"}
    assert change["artifactLocation"]["uri"] == "a.yaml"
    assert change["replacements"] == [{
        "deletedRegion": {"startLine": 4, "startColumn": 5, "endLine": 4, "endColumn": 9},
        "insertedContent": {"text": "ReLU"},
    }]  # fmt: skip


MISUSE = {
    "--unsafe-fixes alone": (["--unsafe-fixes"], "write --fix --unsafe-fixes"),
    "--fix of a changed spec": (["--fix", "--set", "name=b"], "leave one of them out"),
}


@pytest.mark.parametrize("case", MISUSE)
def test_options_that_do_not_go_together_are_wrong_use(case: str, spec: Path) -> None:
    arguments, help = MISUSE[case]
    done = netspec("check", "a.yaml", *arguments)
    assert (done.code, done.out) == (2, "")
    assert help in done.err
    assert spec.read_text() == WRONG


def test_a_file_that_cannot_be_written_is_told_and_stays(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*paths: object) -> None:
        raise PermissionError(13, "permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    done = netspec("check", "a.yaml", "--fix")
    assert (done.code, done.out) == (3, "")
    assert "cannot write" in done.err
    assert spec.read_text() == WRONG
    assert os.listdir() == ["a.yaml"]
