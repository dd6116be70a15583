"""straight-graph: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CONV = "{Conv2d: [4, 3, 1, 1]}"


@pytest.mark.parametrize(
    ("nodes", "found"),
    [
        (f"{{a: [{CONV}]}}", ["its one node has nothing to meet"]),
        (f"{{a: [{CONV}], b: {{from: a, layers: [ReLU]}}, c: {{from: b}}}}",
         ["its 3 nodes read one after the other"]),
        (f"{{a: [{CONV}], b: {{from: a, layers: [ReLU]}}, c: {{from: [a, b], join: add}}}}", []),
        (f"{{a: [{CONV}], b: {{from: [a, a], join: multiply}}}}", []),
        (f"{{a: [{CONV}], b: [{CONV}], c: {{from: [a, b], join: add}}}}", []),
    ],
)  # fmt: skip
def test_a_graph_is_flagged_where_nothing_branches(nodes: str, found: list[str]) -> None:
    assert messages(net(f"Graph: {nodes}"), "straight-graph") == found
