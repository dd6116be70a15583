"""`netspec init`: a commented spec to start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import netspec

from netspec.cli.init import Template
from netspec.pages.schema import text
from netspec.report import check


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path


@pytest.mark.parametrize("template", list(Template))
def test_each_template_checks_clean_and_is_commented(folder: Path, template: str) -> None:
    done = netspec("init", "mine", "--template", template)
    assert done.code == 0
    assert "specs/mine.yaml" in done.out
    report = check("specs/mine.yaml")
    assert report.diagnostics == []
    assert report.plan is not None
    assert report.plan.name == "mine"
    assert report.plan.spec.train is not None
    assert (folder / "specs" / "mine.yaml").read_text().count("#") > 10
    assert netspec("check").code == 0


def test_the_schema_that_the_first_line_names_is_written_too(folder: Path) -> None:
    netspec("init", "mine")
    first = (folder / "specs" / "mine.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=netspec.schema.json"
    assert (folder / "specs" / "netspec.schema.json").read_text(encoding="utf-8") == text()


def test_a_file_that_is_there_is_kept_unless_forced(folder: Path) -> None:
    (folder / "specs").mkdir()
    for name in "mine.yaml", "netspec.schema.json":
        (folder / "specs" / name).write_text("mine")
    done = netspec("init", "mine")
    assert done.code == 2
    assert "is there already" in done.err
    assert (folder / "specs" / "mine.yaml").read_text() == "mine"
    netspec("init", "other")
    assert (folder / "specs" / "netspec.schema.json").read_text() == "mine"
    assert netspec("init", "mine", "--force").code == 0
    assert (folder / "specs" / "mine.yaml").read_text() != "mine"


def test_it_goes_into_another_folder_when_asked(folder: Path) -> None:
    assert netspec("init", "mine", "--folder", "a/b").code == 0
    assert (folder / "a" / "b" / "mine.yaml").is_file()


@pytest.mark.parametrize("name", ["", "a/b", "../a", ".a", "ä", "a b", "-", "a" * 101])
def test_what_is_no_name_is_refused(folder: Path, name: str) -> None:
    done = netspec("init", "--", name)
    assert done.code == 2
    assert "no name" in done.err
    assert not list(folder.iterdir())


def test_a_folder_that_cannot_be_made_is_said(folder: Path) -> None:
    (folder / "specs").write_text("a file")
    done = netspec("init", "mine")
    assert done.code == 2
    assert "Traceback" not in done.err
