"""Annotations as GitHub reads them, and what a job shows by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from command import netspec

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
Shown = Callable[..., str]


def test_github_annotations_escape_what_would_end_them(shown: Shown) -> None:
    lines = [line for line in shown("github").splitlines() if line.startswith("::")]
    assert len(lines) == 4
    for line in lines:
        _, properties, message = re.split("::", line, maxsplit=2)[0:3]
        level, _, rest = properties.partition(" ")
        assert level == "error"
        keys = [one.partition("=")[0] for one in rest.split(",")]
        assert set(keys) <= {"file", "line", "endLine", "col", "endColumn", "title"}
        assert message
        assert not re.search("%(?!25|0A|0D|3A|2C)", line)
    assert any("file=specs/tricky%2C%25.yaml,line=4," in line for line in lines)


def test_github_shows_errors_first_and_no_more_than_github_does(specs: Path) -> None:
    wrong = "".join(f"  - Wrong{i}\n" for i in range(12))
    (specs / "many.yaml").write_text(f"input: [1, 12, 12]\nlayers:\n{wrong}")
    done = netspec("check", "many.yaml", "--format", "github")
    lines = done.out.splitlines()
    assert [line.startswith("::error ") for line in lines] == [True] * 10 + [False] * 2
    assert lines[10] == "2 errors more than GitHub shows"


def test_github_paths_start_at_the_repository(specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(specs))
    monkeypatch.chdir(specs / "specs")
    done = netspec("check", "in block.yaml", "--format", "github")
    assert "file=specs/in block.yaml," in done.out


def test_in_github_actions_annotations_and_summary_come_by_themselves(
    specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = specs / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    done = netspec("check", "specs")
    assert done.code == 1
    assert "error[" in done.out
    assert "\n::error file=" in done.out
    written = summary.read_text(encoding="utf-8")
    assert written.startswith("before\n<!-- netspec check -->\n")
    assert len(written) > 200


@pytest.mark.parametrize("form", ["full", "json"])
def test_in_github_actions_a_named_format_is_all_there_is(
    form: str, specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = specs / "summary.md"
    expected = netspec("check", "specs", "--format", form)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert netspec("check", "specs", "--format", form) == expected
    assert not summary.exists()
