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
