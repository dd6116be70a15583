"""SARIF, held against its published schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from command import netspec

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
Shown = Callable[..., str]


def test_sarif_is_valid_by_its_published_schema(shown: Shown) -> None:
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


def test_sarif_explains_the_rules_that_were_broken(specs: Path, shown: Shown) -> None:
    (specs / "linear.yaml").write_text("input: [64]\nlayers: [Linear: 64, Linear: 10]\n")
    report = json.loads(shown("sarif", "linear.yaml"))
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())
    jsonschema.Draft4Validator(schema).validate(report)
    (rule,) = report["runs"][0]["tool"]["driver"]["rules"]
    assert rule["id"] == "no-nonlinearity"
    assert rule["shortDescription"]["text"]
    assert "Good:" in rule["help"]["text"]


def test_sarif_schema_refuses_what_is_wrong(shown: Shown) -> None:
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())
    report = json.loads(shown("sarif"))
    report["runs"][0]["results"][0]["level"] = "bad"
    assert not jsonschema.Draft4Validator(schema).is_valid(report)


@pytest.mark.usefixtures("repository")
def test_sarif_of_the_branch_says_what_is_broken() -> None:
    (run,) = json.loads(netspec("check", "--format", "sarif").out)["runs"]
    errors = [one for one in run["results"] if one["level"] == "error"]
    (location,) = errors[0]["locations"]
    assert [one["ruleId"] for one in errors] == ["unknown-layer"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "specs/third.yaml"


HOSTED = "https://github.com/someone/netspec/blob/v1"


def test_sarif_describes_every_code_and_links_its_page(
    specs: Path, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "input: [64]\nlayers: [{Linear: 64, expect: {params: 1}}, Linear: 10]\n"
    (specs / "a.yaml").write_text(text)
    monkeypatch.setenv("NETSPEC_HOME", f"{HOSTED}/")
    report = json.loads(netspec("check", "a.yaml", "--format", "sarif").out)
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())
    jsonschema.Draft4Validator(schema).validate(report)
    rules = report["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["expect-params", "no-nonlinearity"]
    assert [rule["helpUri"] for rule in rules] == [
        f"{HOSTED}/netspec/pages/codes.md#expect-params",
        f"{HOSTED}/netspec/rules/no_nonlinearity.py",
    ]
    for rule in rules:
        assert rule["shortDescription"]["text"] in rule["fullDescription"]["text"]
        assert "Bad:" in rule["help"]["markdown"]


def test_sarif_links_nothing_where_nobody_says_where_netspec_is(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NETSPEC_HOME", raising=False)
    rules = json.loads(shown("sarif"))["runs"][0]["tool"]["driver"]["rules"]
    assert not any("helpUri" in rule for rule in rules)


def test_sarif_fingerprints_stay_when_a_finding_moves_and_differ_otherwise(
    specs: Path, shown: Shown
) -> None:
    def prints() -> list[str]:
        (run,) = json.loads(shown("sarif"))["runs"]
        return [result["partialFingerprints"]["netspec/v1"] for result in run["results"]]

    before = prints()
    assert len(set(before)) == len(before) == 4
    file = specs / "specs" / "in block.yaml"
    file.write_text("# moved\n" + file.read_text())
    assert prints() == before


@pytest.mark.parametrize("given", ["in block.yaml", "../specs/in block.yaml", "{}"])
@pytest.mark.parametrize("root", [".git", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_paths_start_at_the_root_of_the_repository_wherever_the_command_runs(
    given: str, root: str, specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if root == ".git":
        (specs / ".git").mkdir()
    else:
        monkeypatch.setenv(root, str(specs))
    monkeypatch.chdir(specs / "specs")
    path = given.format(specs / "specs" / "in block.yaml")
    (run,) = json.loads(netspec("check", path, "--format", "sarif").out)["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "specs/in%20block.yaml", "uriBaseId": "%SRCROOT%"}
    related = run["results"][0]["relatedLocations"][0]["physicalLocation"]["artifactLocation"]
    assert related == place
    (issue,) = json.loads(netspec("check", path, "--format", "gitlab").out)
    assert issue["location"]["path"] == "specs/in block.yaml"
    assert "::error file=specs/in block.yaml," in netspec("check", path, "--format", "github").out


def test_a_file_outside_of_the_repository_has_its_whole_path(
    specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (specs / "repo" / ".git").mkdir(parents=True)
    monkeypatch.chdir(specs / "repo")
    done = netspec("check", "../specs/in block.yaml", "--format", "sarif")
    (result,) = json.loads(done.out)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": (specs / "specs" / "in block.yaml").as_uri()}
