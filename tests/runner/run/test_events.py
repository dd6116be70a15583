"""TensorBoard's file of a run, read back: charts, settings and the network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tiny
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.proto.graph_pb2 import GraphDef
from tensorboardX.proto.layout_pb2 import Layout
from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData

from netspec import compiler, source
from netspec.runner.run.graph import graph

pytestmark = pytest.mark.usefixtures("one_thread")
BRANCHED = """
input: [1, 8, 8]
layers:
- name: stem
  Residual: {body: [{Conv2d: [4, 3, 1, 1]}, ReLU], shortcut: [{Conv2d: [4, 1]}]}
- Residual: [{Conv2d: [4, 3, 1, 1]}]
- Gate: [{Conv2d: [4, 1]}, Sigmoid]
- Graph:
    a: [ReLU]
    b: {from: a, layers: [{Conv2d: [4, 1]}]}
    out: {from: [a, b, input], join: concat, layers: [ReLU]}
"""
WIRES = {
    "input": [],
    "stem/body/0": ["input"],
    "stem/body/1": ["stem/body/0"],
    "stem/shortcut/0": ["input"],
    "stem/add": ["stem/body/1", "stem/shortcut/0"],
    "1/body/0": ["stem/add"],
    "1/add": ["1/body/0", "stem/add"],
    "2/body/0": ["1/add"],
    "2/body/1": ["2/body/0"],
    "2/multiply": ["2/body/1", "1/add"],
    "3/a/0": ["2/multiply"],
    "3/b/0": ["3/a/0"],
    "3/out/concat": ["3/a/0", "3/b/0", "2/multiply"],
    "3/out/0": ["3/out/concat"],
}


def events(folder: Path) -> Iterator[Any]:
    (file,) = folder.glob("events.out.tfevents.*")
    data, at = file.read_bytes(), 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 8], "little")
        yield Event.FromString(data[at + 12 : at + 12 + size])
        at += 16 + size


def plugins(folder: Path) -> dict[str, Any]:
    values = [value for event in events(folder) for value in event.summary.value]
    return {value.tag: value for value in values if value.metadata.plugin_data.plugin_name}


def test_a_figure_of_both_parts_shares_a_chart_and_each_epoch_has_its_step(tmp_path: Path) -> None:
    held = ("dataset: digits", "dataset: digits, val_fraction: 0.2")
    folder = tiny.run(tmp_path, held, ("epochs: 3", "epochs: 2"), pictures=False).folder
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    names = {
        "loss/train": "train_loss", "loss/val": "loss", "accuracy/train": "train_accuracy",
        "accuracy/val": "accuracy", "lr": "lr", "seconds": "seconds",
    }  # fmt: skip
    told = {
        (event.step, value.tag): value.simple_value
        for event in events(folder)
        for value in event.summary.value
        if event.step
    }
    wanted = {(row["epoch"], tag): row[name] for row in rows for tag, name in names.items()}
    assert told == pytest.approx(wanted, rel=1e-6)
    assert all(event.wall_time > 1e9 for event in events(folder))
    layout = plugins(folder)["custom_scalars__config__"].tensor.string_val[0]
    (category,) = Layout.FromString(layout).category
    charts = {chart.title: list(chart.multiline.tag) for chart in category.chart}
    assert charts == {
        "loss": ["loss/train", "loss/val"],
        "accuracy": ["accuracy/train", "accuracy/val"],
    }


def test_what_a_run_was_told_are_its_hyperparameters_and_its_end_is_said(tmp_path: Path) -> None:
    folder = tiny.run(tmp_path, ("epochs: 3", "epochs: 1"), pictures=False).folder
    found = plugins(folder)
    parts = [
        HParamsPluginData.FromString(found[f"_hparams_/{name}"].metadata.plugin_data.content)
        for name in ("experiment", "session_start_info", "session_end_info")
    ]
    hparams = parts[1].session_start_info.hparams
    assert hparams["train.optimizer.Adam.lr"].number_value == 0.01
    assert hparams["train.data.dataset"].string_value == "digits"
    metrics = [metric.name.tag for metric in parts[0].experiment.metric_infos]
    assert "accuracy/test" in metrics
    assert parts[2].session_end_info.status == 1


def test_a_run_that_is_taken_up_says_everything_once(made: Path) -> None:
    tiny.resume(made)
    tags = [value.tag for event in events(made) for value in event.summary.value]
    assert len(tags) == 4 + 3 * 6
    assert len({tag for tag in tags if tags.count(tag) == 1}) == 4


def test_the_graph_has_the_layers_of_the_spec_and_what_each_reads(tmp_path: Path) -> None:
    found = graph(compiler.compile(source.parse(BRANCHED, "it.yaml")))
    assert {node.name: list(node.input) for node in found.node} == WIRES
    shapes = {
        node.name: [size.size for size in node.attr["_output_shapes"].list.shape[0].dim]
        for node in found.node
    }
    assert (shapes["stem/add"], shapes["3/out/0"]) == ([-1, 4, 8, 8], [-1, 12, 8, 8])
    folder = tiny.run(tmp_path, ("epochs: 3", "epochs: 1"), pictures=False).folder
    (written,) = [event.graph_def for event in events(folder) if event.graph_def]
    nodes = GraphDef.FromString(written).node
    assert [(node.name, node.op, node.attr["parameters"].i) for node in nodes] == [
        ("input", "input", 0), ("0", "Conv2d", 40), ("1", "ReLU", 0), ("2", "Flatten", 0),
        ("3", "Linear", 1450),
    ]  # fmt: skip
