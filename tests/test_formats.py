"""The formats of `netspec check`, each golden and each held to what its readers need."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from command import netspec

from netspec import __version__

SCHEMAS = Path(__file__).parent / "data" / "schemas"
FORMATS = (
    "full", "concise", "json", "markdown", "github", "gitlab", "sarif", "junit", "rdjson"
)  # fmt: skip

GOOD = """\
input: [1, 12, 12]
layers:
  - Conv2d: {out_channels: 4, kernel_size: 3}
  - ReLU
  - Flatten
  - Linear: 10
"""
IN_BLOCK = """\
input: [1, 12, 12]
blocks:
  pair:
    layers:
      - Conv2d: {out_channels: 4, kernel_size: 31}
layers:
  - pair
"""
TRICKY = """\
input: [1, 12, 12]
layers:
  - {name: über, Linear: zehn}
  - "Änd@ern,50%: <b>|x": 1
"""


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in ("good", GOOD), ("in block", IN_BLOCK), ("tricky,%", TRICKY):
        file = tmp_path / "specs" / f"{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in "GITHUB_ACTIONS", "GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY":
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def shown(form: str, *paths: str) -> str:
    done = netspec("check", *(paths or ("specs", "gone.yaml")), "--format", form)
    assert done.err == ""
    assert done.code == (0 if paths else 2)
    return done.out


@pytest.mark.usefixtures("specs")
@pytest.mark.parametrize("form", FORMATS)
def test_each_format_is_as_it_was(form: str, golden: Callable[[str, str], None]) -> None:
    golden(f"check.{form}.txt", shown(form).replace(__version__, "VERSION"))


@pytest.mark.usefixtures("specs")
@pytest.mark.parametrize("form", FORMATS)
def test_each_format_can_say_that_all_is_well(form: str) -> None:
    text = shown(form, "specs/good.yaml")
    assert text.strip()
    assert "error" not in text.replace('errors="0"', "")


@pytest.mark.usefixtures("specs")
def test_sarif_is_valid_by_its_published_schema() -> None:
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())
    report = json.loads(shown("sarif"))
    jsonschema.Draft4Validator(schema).validate(report)
    (run,) = report["runs"]
    assert [result["level"] for result in run["results"]] == ["error"] * 4
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    uris = [place["artifactLocation"]["uri"] for place in places]
    assert "specs/in%20block.yaml" in uris
    assert "specs/tricky%2C%25.yaml" in uris
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_explains_the_rules_that_were_broken(specs: Path) -> None:
    (specs / "linear.yaml").write_text("input: [64]\nlayers: [Linear: 64, Linear: 10]\n")
    report = json.loads(shown("sarif", "linear.yaml"))
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())
    jsonschema.Draft4Validator(schema).validate(report)
    (rule,) = report["runs"][0]["tool"]["driver"]["rules"]
    assert rule["id"] == "no-nonlinearity"
    assert rule["shortDescription"]["text"]
    assert "Good:" in rule["help"]["text"]


@pytest.mark.usefixtures("specs")
def test_sarif_schema_refuses_what_is_wrong() -> None:
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())
    report = json.loads(shown("sarif"))
    report["runs"][0]["results"][0]["level"] = "bad"
    assert not jsonschema.Draft4Validator(schema).is_valid(report)


@pytest.mark.usefixtures("specs")
def test_gitlab_issues_have_what_the_widget_needs_and_differ_in_their_fingerprints() -> None:
    issues = json.loads(shown("gitlab"))
    assert len(issues) == 4
    for issue in issues:
        assert issue.keys() == {
            "description", "check_name", "fingerprint", "severity", "location"
        }  # fmt: skip
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith(("/", "."))
    assert len({issue["fingerprint"] for issue in issues}) == 4


def test_gitlab_fingerprint_does_not_change_when_a_finding_moves(specs: Path) -> None:
    before = {issue["fingerprint"] for issue in json.loads(shown("gitlab"))}
    file = specs / "specs" / "in block.yaml"
    file.write_text("# moved\n" + IN_BLOCK)
    assert {issue["fingerprint"] for issue in json.loads(shown("gitlab"))} == before


@pytest.mark.usefixtures("specs")
def test_junit_counts_what_it_holds() -> None:
    suites = ElementTree.fromstring(shown("junit").encode())
    assert suites.tag == "testsuites"
    cases = suites.findall("testsuite/testcase")
    failures = suites.findall("testsuite/testcase/failure")
    assert (suites.get("tests"), suites.get("failures")) == (str(len(cases)), str(len(failures)))
    assert (len(cases), len(failures)) == (5, 4)
    for suite in suites:
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
    for case in cases:
        assert case.get("name")
        assert case.get("classname")
    for failure in failures:
        assert failure.get("message")
        assert failure.text


@pytest.mark.usefixtures("specs")
def test_rdjson_counts_columns_in_bytes() -> None:
    report = json.loads(shown("rdjson"))
    assert report.keys() == {"source", "diagnostics"}
    by_path: dict[str, list[dict[str, Any]]] = {}
    for one in report["diagnostics"]:
        assert one.keys() == {"message", "location", "severity", "code"}
        assert one["severity"] in ("ERROR", "WARNING", "INFO")
        by_path.setdefault(one["location"]["path"], []).append(one)
    ranges = [one["location"]["range"] for one in by_path["specs/tricky,%.yaml"]]
    rows = [row.encode() for row in TRICKY.split("\n")]
    pieces = [
        rows[at["start"]["line"] - 1][at["start"]["column"] - 1 : at["end"]["column"] - 1]
        for at in ranges
    ]
    assert pieces == [b"zehn", '"Änd@ern,50%: <b>|x"'.encode()]


@pytest.mark.usefixtures("specs")
def test_github_annotations_escape_what_would_end_them() -> None:
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


def test_markdown_stays_below_what_github_takes(specs: Path) -> None:
    wrong = "".join(f"  - Wrong{'x' * 1000}{i}\n" for i in range(900))
    for name in "ab":
        (specs / f"{name}.yaml").write_text(f"input: [1, 12, 12]\nlayers:\n{wrong}")
    done = netspec("check", "a.yaml", "b.yaml", "--format", "markdown")
    assert done.code == 1
    assert len(done.out.encode()) < 2**20
    assert "left out" in done.out


@pytest.mark.usefixtures("specs")
def test_markdown_takes_no_markup_from_a_spec() -> None:
    text = shown("markdown")
    assert "<b>" not in text
    assert "Änd@ern" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1


@pytest.mark.usefixtures("specs")
def test_json_has_every_key_of_its_contract() -> None:
    report = json.loads(shown("json"))
    assert report["schema"] == 1
    by_path = {spec["path"]: spec for spec in report["specs"]}
    good = by_path["specs/good.yaml"]
    assert good["status"] == "ok"
    totals = {"params", "buffers", "macs", "activation_bytes", "training_bytes"}
    assert totals <= good["totals"].keys()
    assert good.keys() >= {
        "path", "name", "status", "input", "output", "totals", "receptive_field", "seen",
        "layers", "diagnostics",
    }  # fmt: skip
    assert good["layers"][0].items() >= {
        "index": 0, "name": "0", "layer": "Conv2d", "line": 3, "column": 5, "depth": 0,
        "input": [1, 12, 12], "output": [4, 10, 10], "params": 40, "buffers": 0, "macs": 3600,
        "receptive_field": [3, 3], "jump": [1, 1], "start": [0, 0], "seen": [[5, 7], [5, 7]],
        "global_context": False,
    }.items()  # fmt: skip
    (found,) = by_path["specs/in block.yaml"]["diagnostics"]
    assert found.keys() >= {
        "code", "severity", "message", "help", "path", "line", "column", "end_line",
        "end_column", "layer",
    }  # fmt: skip
    assert (found["line"], found["severity"]) == (5, "error")
    assert found["trace"] == [{"block": "pair", "line": 7, "column": 5}]
