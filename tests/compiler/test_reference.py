"""The five published networks: every row of their tables, and every measured row, as compiled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import pytest

from netspec import compiler
from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.network.build import build

ROOT = Path(__file__).parents[2]
REFERENCE: dict[str, Any] = json.loads((ROOT / "tests/data/reference.json").read_text())["networks"]

networks = pytest.mark.parametrize("name", REFERENCE)


def plan(name: str) -> Plan:
    return compiler.compile(ROOT / "specs" / f"{name}.yaml")


def nodes(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield child
        yield from nodes(child)


def published_row(node: Node) -> list[Any]:
    return [node.kind, list(node.output.shape), sum(map(prod, node.weights.values()))]


def measured_row(leaf: Node) -> list[Any]:
    fields = [axis.field for axis in leaf.output.axes]
    jumps = [field and field.jump for field in fields]
    seen = leaf.output.seen
    return [
        leaf.kind,
        list(leaf.output.shape),
        leaf.params,
        leaf.macs,
        [field and field.size for field in fields],
        None if jumps == [None, None] else jumps,
        [ends and ends[1] - ends[0] + 1 for ends in seen],
        leaf.output.local,
    ]


@networks
def test_every_row_of_the_published_table_is_found_in_its_order(name: str) -> None:
    found = iter([published_row(node) for node in nodes(plan(name).root)])
    for number, row in enumerate(REFERENCE[name]["published"], 1):
        assert row in found, f"row {number} of the published table: {row}"


@networks
def test_every_layer_has_the_measured_figures(name: str) -> None:
    measured = REFERENCE[name]["measured"]
    rows = [measured_row(leaf) for leaf in plan(name).leaves]
    assert rows[: len(measured)] == measured
    assert {row[0] for row in rows[len(measured) :]} <= {"Flatten", "LogSoftmax"}


@networks
def test_totals_are_the_published_ones_and_epochs_no_more(name: str) -> None:
    it, reference = plan(name), REFERENCE[name]
    assert it.totals.params == reference["params"]
    assert it.totals.macs == reference["macs"]
    assert it.spec.train is not None
    assert it.spec.train.epochs <= reference["epochs"]


def test_mnist_8k_names_its_weights_as_published() -> None:
    leaves = plan("mnist-8k").leaves
    names = [f"{leaf.name}.{weight}" for leaf in leaves for weight in leaf.weights]
    assert names == REFERENCE["mnist-8k"]["parameter_names"]


def test_mnist_8k_builds_modules_with_the_published_parameter_names() -> None:
    network = build(plan("mnist-8k"), device="cpu")
    parameters = dict(network.named_parameters())
    assert list(parameters) == REFERENCE["mnist-8k"]["parameter_names"]
    stored = [name for name in network.state_dict() if name in parameters]
    assert stored == REFERENCE["mnist-8k"]["parameter_names"]
