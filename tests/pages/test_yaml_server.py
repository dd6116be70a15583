"""What editors make of the schema, by the server that most of them complete YAML with."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from plans import SHAPES
from yaml_server import SCRIPT, YamlServer

from netspec import layers, report, rules
from netspec.pages import forms
from netspec.pages.schema import text

HOME = Path(os.environ.get("NETSPEC_YAML_SERVER", "."))
pytestmark = [
    pytest.mark.skipif(not shutil.which("node"), reason="node is not there"),
    pytest.mark.skipif(
        not (HOME / SCRIPT).is_file(),
        reason="npm install --prefix DIR yaml-language-server, and NETSPEC_YAML_SERVER=DIR",
    ),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[YamlServer]:
    schema = tmp_path_factory.mktemp("schema") / "netspec.schema.json"
    schema.write_text(text(), encoding="utf-8")
    with YamlServer(HOME, schema) as running:
        yield running


def accepted(item: dict[str, object]) -> str:
    """What stands in the file once a completion is accepted as it is."""
    edit = item["textEdit"]
    assert isinstance(edit, dict)
    return re.sub(r"\$\{\d+:([^}]*)\}", r"\1", str(edit["newText"]))


@pytest.mark.parametrize("begun", ["layers:\n  - ", "layers:\n  - Co"])
def test_every_layer_that_is_offered_is_right_as_it_is_accepted(
    server: YamlServer, begun: str
) -> None:
    line, column = begun.count("\n"), len(begun.rpartition("\n")[2])
    items = {item["label"]: item for item in server.completions(begun, line, column)}
    assert items.keys() >= layers.KINDS.keys()
    for kind in layers.KINDS:
        entry = accepted(items[kind])
        assert "$" not in entry
        specs = [f"input: {list(shape)}\nlayers:\n  - {entry}\n" for shape in SHAPES]
        reports = [report.read(one, "spec.yaml") for one in specs]
        assert any(one.plan and not one.failed for one in reports), (kind, entry)


def test_the_common_layers_come_first(server: YamlServer) -> None:
    items = server.completions("layers:\n  - ", 1, 4)
    assert tuple(item["label"] for item in items)[: len(forms.FIRST)] == forms.FIRST


def test_rules_are_offered_where_they_are_ignored(server: YamlServer) -> None:
    for begun in "audit:\n  ignore:\n    - ", "layers:\n  - ReLU:\n    ignore:\n      - ":
        line, column = begun.count("\n"), len(begun.rpartition("\n")[2])
        items = server.completions(begun, line, column)
        assert {item["label"] for item in items} == set(rules.names())


def test_a_layer_is_explained_with_an_example_and_a_link(server: YamlServer) -> None:
    spec = "input: [1, 9, 9]\nlayers:\n  - Conv2d: [8, 3]\n  - ReLU\n"
    for line, kind in (2, "Conv2d"), (3, "ReLU"):
        shown = server.hover(spec, line, 6)
        assert f"```yaml\n- {kind}" in shown
        assert f"torch.nn.{kind}.html" in shown
    # Each word of the example is explained by itself.
    assert "channels of the output" in server.hover(
        spec.replace("[8, 3]", "{out_channels: 8, kernel_size: 3}"), 2, 16
    )
