"""unread-channels: what is its business and what is not, by gradient."""

from __future__ import annotations

import re

import pytest
import torch
from audited import messages
from torch import Tensor

from netspec import compiler
from netspec.network.build import module
from netspec.source import parse

FIRST, REST = "Slice: {dim: 0, stop: 4}", "{Slice: {dim: 0, start: 4}}"
CASES = [
    ([FIRST], 4),
    (["Slice: {dim: 0, start: 1, step: 3}"], 5),
    (["Select: {dim: 0, index: -1}"], 7),
    ([f"Concat: [[{FIRST}], [{REST}]]"], 0),
    ([f"Concat: [[{FIRST}], []]"], 0),
    ([f"Concat: [[{FIRST}], [Identity, {{Slice: {{dim: 0, start: 6}}}}]]"], 2),
    ([f"Concat: [[{FIRST}], [Sequential: [{{Slice: {{dim: 0, start: 5}}}}]]]"], 1),
    ([f"Residual: {{branches: [[{FIRST}], [{FIRST}]]}}"], 4),
    ([f"Concat: [[{FIRST}], [Residual: {{branches: [[{FIRST}], [{REST}]]}}]]"], 0),
    ([f"Gate: [{FIRST}, {{Conv2d: [8, 1]}}]"], 0),
    ([f"Graph: {{a: [{FIRST}], b: [{REST}], c: {{from: [a, b], join: concat}}}}"], 0),
    ([f"Graph: {{a: [{FIRST}], b: [{FIRST}], c: {{from: [a, b], join: add}}}}"], 4),
    ([f"Graph: {{a: [{FIRST}], b: {{from: [input, input], join: add}}, "
      "c: {from: [a, b], join: concat}}"], 0),
    (["Slice: {dim: 1, stop: 4}", FIRST], 4),
    (["Permute: [1, 2, 0]", FIRST], 0),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "unread"), CASES)
def test_channels_that_are_told_of_have_no_gradient(entries: list[str], unread: int) -> None:
    text = "input: [2, 6, 6]\nlayers:\n  - Conv2d: [8, 1]\n"
    text += "".join(f"  - {entry}\n" for entry in entries)
    found = messages(text, "unread-channels")
    network = module(compiler.compile(parse(text, "spec.yaml")).root)
    outputs: list[Tensor] = []
    network[0].register_forward_hook(lambda module, given, y: outputs.append(y))
    network(torch.rand(1, 2, 6, 6)).sum().backward(inputs=list(network[0].parameters()))
    (gradient,) = (network[0].bias.grad,)
    assert int((gradient == 0).sum()) == unread
    assert [int(re.findall(r"\d+", one)[0]) for one in found] == [unread] * (unread > 0)


def test_what_a_node_of_a_graph_makes_is_looked_at_too() -> None:
    text = (
        "input: [2, 6, 6]\nlayers:\n  - Graph:\n      a: [{Conv2d: [8, 1]}]\n"
        f"      b: {{from: a, layers: [{FIRST}]}}\n"
        "      c: {from: a, layers: [{Slice: {dim: 0, start: 6, stop: 10}}, {Conv2d: [4, 1]}]}\n"
        "      d: {from: [b, c], join: add}\n"
    )
    found = messages(text, "unread-channels")
    assert found == ["2 of 8 channels that come in are read by nothing"]


def test_channels_of_the_input_count_too_and_very_many_are_let_pass() -> None:
    text = "input: [{}]\nlayers: [Slice: {{dim: 0, stop: 4}}]\n"
    found = messages(text.format(6), "unread-channels")
    assert found == ["2 of 6 features that come in are read by nothing"]
    assert messages(text.format(2_000_000_000), "unread-channels") == []
