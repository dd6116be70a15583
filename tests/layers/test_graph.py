"""Layers wired by name: what a graph may say, and what it becomes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import yaml
from plans import plan_of
from saved import saved_bytes
from torch import Tensor, nn

from netspec.compiler.plan import Plan
from netspec.network.build import build
from netspec.report import examine
from netspec.source import parse

HEAD = "input: [4, 8, 8]\nlayers:\n  - Graph:\n"


def findings(nodes: str) -> list[tuple[str, str, int, int]]:
    text = HEAD + "".join(f"      {line}\n" for line in nodes.split("\n"))
    found = examine(parse(text, "graph.yaml")).diagnostics
    return [
        (one.code, one.message, one.span.line - 3, one.span.column)
        for one in found
        if one.span and one.severity == "error"
    ]


WRONG = {
    "an unknown node": (
        "a: [ReLU]\nb: {from: [a, aa], join: add}",
        ("unknown-node", "no node is called 'aa' before this one", 2, 21),
    ),
    "a later node": (
        "a: {from: b, layers: [ReLU]}\nb: [ReLU]\nc: {from: [a, b], join: add}",
        ("unknown-node", "'b' is written later", 1, 17),
    ),
    "itself": ("a: {from: a}", ("unknown-node", "node a reads itself", 1, 17)),
    "a node of the graph around it": (
        "a: [ReLU]\nb: {from: a, layers: [{Graph: {c: {from: a}}}]}",
        ("unknown-node", "no node is called 'a' before this one", 2, 48),
    ),
    "a node that nothing reads": (
        "a: [ReLU]\nb: [ReLU]",
        ("unread-node", "nothing reads node a, and it is not the last", 1, 7),
    ),
    "shapes that do not add up": (
        "a: [{Conv2d: [8, 1]}]\nb: {from: [input, a], join: add}",
        ("shapes-differ", "a gives (8, 8, 8), input (4, 8, 8)", 2, 17),
    ),
    "maps that cannot be put together": (
        "a: [{MaxPool2d: 2}]\nb: {from: [input, a], join: concat}",
        ("shapes-differ", "a gives (4, 4, 4), input (4, 8, 8)", 2, 17),
    ),
    "several without a join": (
        "a: [ReLU]\nb: {from: [input, a]}",
        ("missing-key", "node b reads 2 nodes and does not say how", 2, 7),
    ),
    "a join of one": (
        "a: {from: input, join: add}",
        ("unused-join", "node a reads one node, which cannot be joined", 1, 24),
    ),
    "a join that is none": (
        "a: {from: [input, input], join: max}",
        ("wrong-value", "join: expected add, concat or multiply, not 'max'", 1, 39),
    ),
    "a name that torch has": (
        "forward: [ReLU]",
        ("bad-name", "a submodule cannot be called 'forward', which torch uses itself", 1, 7),
    ),
    "the name of what it reads": (
        "input: [ReLU]",
        ("bad-name", "'input' is what the graph reads, no name for a node", 1, 7),
    ),
    "a key that no node has": (
        "a: {form: input}", ("unknown-key", "node a has no form", 1, 11),
    ),
    "a list in place of the mapping": (
        "- ReLU", ("wrong-type", "a graph is a mapping of nodes", 1, 7),
    ),
    "a node that is no list": ("a: ReLU", ("wrong-type", "node a: expected layers", 1, 10)),
    "a wrong expectation": (
        "a: {layers: [{Conv2d: [8, 1]}], expect: {params: 41}}",
        ("expect-params", "params is 40, not 41", 1, 56),
    ),
    "a mistake in a node": (
        "a: {layers: [{Conv2d: [8, 9]}]}",
        ("window-too-large", "window of 9 does not fit an input of 8", 1, 33),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_one_error_at_its_place(case: str) -> None:
    nodes, found = WRONG[case]
    assert findings(nodes) == [found]


def unet(plan: Plan) -> nn.Module:
    return build(plan, device="cpu")


def graph(nodes: dict[str, Any]) -> Plan:
    return plan_of((4, 8, 8), [{"Graph": nodes}])


CROSSING = {
    "a": [{"Conv2d": [4, 3, 1, 1]}],
    "b": {"from": "a", "layers": [{"Conv2d": [4, 3, 1, 1]}]},
    "c": {"from": ["a", "b"], "join": "add", "layers": [{"Conv2d": [4, 1]}]},
    "d": {"from": ["input", "b", "c"], "join": "concat"},
    "out": {"from": ["d", "d"], "join": "multiply"},
}


def test_what_is_built_computes_what_is_written() -> None:
    plan = graph(CROSSING)
    network = unet(plan)

    def layer(name: str, x: Tensor) -> Tensor:
        y: Tensor = network.get_submodule(f"0.{name}.0")(x)
        return y

    x = torch.rand(2, 4, 8, 8)
    a = layer("a", x)
    b = layer("b", a)
    d = torch.cat([x, b, layer("c", a + b)], 1)
    assert torch.equal(network(x), d * d)
    assert plan.output == (12, 8, 8)


def test_names_of_nodes_are_names_of_submodules() -> None:
    keys = list(unet(graph(CROSSING)).state_dict())
    assert keys == [f"0.{node}.0.{key}" for node in "abc" for key in ("weight", "bias")]


@pytest.mark.parametrize("join", ["add", "multiply"])
def test_autograd_keeps_of_a_join_what_netspec_says(join: str) -> None:
    plan = graph(CROSSING | {"out": {"from": ["d", "d"], "join": join}})
    assert plan.totals.training_bytes == saved_bytes(plan, 1)


def test_a_tensor_that_two_nodes_read_is_not_overwritten() -> None:
    inplace = {"ReLU": {"inplace": True}}
    nodes = {
        "a": [{"Conv2d": [4, 1]}],
        "b": {"from": "a", "layers": [inplace]},
        "c": {"from": ["a", "b"], "join": "add"},
    }
    text = {"input": [4, 8, 8], "layers": [{"Graph": nodes}]}
    (found,) = examine(parse(yaml.safe_dump(text, sort_keys=False), "graph.yaml")).diagnostics
    assert found.code == "overwrites-input"


def test_the_field_is_that_of_the_ways_that_lead_to_the_output() -> None:
    plan = graph(
        {
            "wide": [{"Conv2d": [4, 7, 1, 3]}],
            "pooled": {"from": "wide", "layers": [{"AdaptiveAvgPool2d": 1}]},
            "narrow": [{"Conv2d": [4, 3, 1, 1]}, {"AdaptiveAvgPool2d": 1}],
            "out": {"from": ["narrow", "pooled"], "join": "add", "layers": ["Flatten"]},
        }
    )
    assert plan.receptive_field == [7, 7]


def test_a_graph_in_a_graph_is_a_node_of_its_own() -> None:
    inner = {"a": ["ReLU"], "b": {"from": ["input", "a"], "join": "add"}}
    plan = graph({"x": [{"Graph": inner}], "y": {"from": ["x", "input"], "join": "add"}})
    assert [leaf.name for leaf in plan.leaves] == ["0.x.0.a.0"]
