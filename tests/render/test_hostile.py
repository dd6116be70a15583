"""Names and lines of a stranger: no format lets them steer a terminal or a runner of CI."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import netspec

from netspec import render
from netspec.render.safe import escape
from netspec.runs.confusion import Judgement, Prediction

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no such file names")

NAMES = (
    "a\n::error::pwned", "::error file=x::pwned", "##[error]pwned", "\r\n##[group]", "esc\x1b[31m",
    "bel\x07", "rtl\u202egpj", "tag\U000e0041", "lone\udcff", ":", " ::warning::x",
)  # fmt: skip
WARNED = "input: [64]\nlayers: [Linear: 64, Linear: 10]\n"
BROKEN = """\
input: [64]
layers:
  - "::error::x": 1
  - {Linear: "a##[error]b"}
  - ##[warning]c
  - {Linear: 10, ReLU: "\\e[31m\\n::error::"}   ##[error]d
"""
UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff"
    "\U000e0000-\U000e007f]"
)
OWN = re.compile(r"::(error|warning|notice) file=[^:]*,title=[a-z-]+::")


def injected(text: str, form: str = "") -> Iterator[str]:
    """What a terminal or GitHub's runner would obey, which trims lines before it reads `::`."""
    for line in text.split("\n"):
        own = form == "github" and OWN.match(line)
        if UNSAFE.search(line) or "##[" in line or (line.strip().startswith("::") and not own):
            yield line


def values(told: Any) -> Iterator[str]:
    """Every text in a JSON document, keys too."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for key, value in told.items():
            yield from (key, *values(value))
    elif isinstance(told, list):
        for one in told:
            yield from values(one)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Specs and runs with every name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    (tmp_path / "none").mkdir()
    for name in NAMES:
        for kind, text in ("good", WARNED), ("bad", BROKEN):
            file = Path("specs") / kind / f"{name}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        run = Path("runs") / name / "1"
        run.mkdir(parents=True)
        (run / "spec.yaml").write_text(WARNED)
        (run / "summary.json").write_text(json.dumps({"status": name}))
        (run / "environment.json").write_text(json.dumps({"date": name, name: name}))
    return tmp_path


JSONS = {"json", "gitlab", "rdjson", "sarif"}


@pytest.mark.parametrize("layers", ["--layers", "--no-layers"])
@pytest.mark.parametrize("form", render.formats("report"))
def test_check_obeys_nobody(form: str, layers: str) -> None:
    done = netspec("check", "specs", "gone\n::error::x", "--format", form, layers)
    assert done.code == 2
    assert list(injected(done.out, form)) == []
    assert done.err == ""
    # Every spec is there all the same.
    assert done.out.count("pwned") >= 4 or form == "github"
    if form in JSONS:
        assert not any(map(UNSAFE.search, values(json.loads(done.out))))


@pytest.mark.parametrize("form", render.formats("diff"))
def test_diff_obeys_nobody(form: str) -> None:
    done = netspec("diff", "none", "specs", "--format", form, "--fail-on", "params > 1")
    assert (done.code, done.err) == (1, "")
    assert list(injected(done.out)) == []
    assert "pwned" in done.out


@pytest.mark.parametrize("form", render.formats("runs"))
def test_runs_obeys_nobody(form: str) -> None:
    folders = sorted(f"runs/{name}/1" for name in NAMES)
    asked = [[], [folders[0]], folders]
    if form == "csv":
        asked.pop()
    for names in asked:
        done = netspec("runs", *names, "--format", form)
        assert (done.code, done.err) == (0, "")
        assert list(injected(done.out)) == []


@pytest.mark.parametrize("form", ["text", "json"])
def test_eval_and_predict_obey_nobody(form: str) -> None:
    matrix = [[1] * len(NAMES)] * len(NAMES)
    judgement = Judgement(NAMES[0], NAMES[1], NAMES, matrix, 0.5)
    answers = [Prediction(Path(name), {name: 1.0}) for name in NAMES]
    for folder, told in ("eval", judgement), ("predict", answers):
        text = render.renderer(folder, form).render(NAMES[0], told)
        assert list(injected(text)) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_error_obeys_nobody(name: str) -> None:
    for arguments in (
        ["check", "--format", name], ["rule", name], ["runs", name], [name], ["check", f"--{name}"],
        ["train", name], ["train", f"specs/bad/{name}.yaml"], ["train", f"specs/good/{name}.yaml"],
        ["train", f"specs/good/{name}.yaml", "--set", name], ["diff", name, name],
        ["diff", "none", "none", "--fail-on", name], ["init", name], ["eval", name],
        ["predict", name, name], ["lr-find", name], ["search", name, "--vary", name],
        ["search", "specs/good/" + name + ".yaml", "--vary", f"{name}=[1]", "--keep", name],
    ):  # fmt: skip
        done = netspec(*arguments)
        assert list(injected(done.out)) == list(injected(done.err)) == [], arguments


@pytest.mark.parametrize("name", NAMES)
def test_a_network_is_called_by_its_file_in_letters_that_a_folder_can_have(name: str) -> None:
    (spec,) = json.loads(netspec("check", f"specs/good/{name}.yaml", "--format", "json").out)[
        "specs"
    ]
    assert re.fullmatch(r"[\w][\w .-]*", spec["name"])


def test_a_name_that_is_well_stays_as_it_is(folder: Path) -> None:
    for name in "mnist-8k", "über 2.b_c":
        (folder / f"{name}.yaml").write_text(WARNED)
        done = netspec("check", f"{name}.yaml", "--format", "json")
        assert json.loads(done.out)["specs"][0]["name"] == name


def test_what_is_escaped_stays_as_it_is() -> None:
    for name in NAMES:
        assert escape(escape(name)) == escape(name)
    assert escape("a # b: c [d] :: ## e") == "a # b: c [d] :: ## e"


def test_the_summary_of_a_job_and_its_annotations_obey_nobody(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    done = netspec("check", "specs")
    assert list(injected(done.out, "github")) == []
    assert os.path.getsize(folder / "summary.md")
