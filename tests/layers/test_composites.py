"""Composites: how paths are wired, and what comes of it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from plans import COMPOSITES, CONV, compiled, example, holds, plan_of
from saved import assert_kept

from netspec.network.build import module

NESTED: dict[str, list[Any]] = {
    "flat features side by side": ["Flatten", {"Concat": [[{"Linear": 3}], [{"Linear": 5}], []]}],
    "a global branch beside a local one": [
        {"Residual": {"body": [CONV], "shortcut": [{"AdaptiveAvgPool2d": 1},
                                                   {"Upsample": {"size": 6}}]}},
    ],
    "a residual of a concat of a gate": [
        {"Residual": [{"Concat": [[{"Gate": [CONV, "Sigmoid"]}], [CONV]]}, CONV]},
    ],
    "an empty residual": [{"Residual": []}, {"Concat": [[], []]}, {"Gate": []}],
    "any number of branches": [
        {"Residual": {"branches": [[CONV], [], [CONV, "ReLU"]]}},
        {"Gate": {"branches": [[CONV], [CONV, "Sigmoid"], [{"AdaptiveAvgPool2d": 1}, CONV], []]}},
        {"Gate": {"branches": [[], [{"Conv2d": [1, 3, 1, 1]}]]}},
    ],
    "spatial and channel gates": [
        {"Gate": [{"Conv2d": [1, 3, 1, 1]}, "Sigmoid"]},
        {"Gate": [{"AdaptiveAvgPool2d": 1}, CONV, "Sigmoid"]},
        {"Gate": [{"AdaptiveAvgPool2d": [[1, None]]}, "Sigmoid"]},
    ],
}  # fmt: skip


@pytest.mark.parametrize("entries", NESTED.values(), ids=NESTED)
def test_composites_are_wired_as_their_names_say(entries: list[Any]) -> None:
    plan = plan_of((4, 6, 6), entries)
    holds(plan)
    assert_kept(plan)


@pytest.mark.parametrize(
    "body",
    [
        [{"AdaptiveAvgPool2d": 1}, {"Upsample": {"size": 8}}],
        [{"AdaptiveAvgPool2d": 3}, {"Upsample": {"size": 8}}],
        [{"Conv2d": {"out_channels": 4, "kernel_size": 3, "stride": 2}},
         {"Upsample": {"size": 8, "mode": "bilinear"}}],
    ],
)  # fmt: skip
def test_paths_of_different_jumps_add_up_to_no_field(body: list[Any]) -> None:
    plan = plan_of((4, 8, 8), [{"Residual": body}])
    assert [axis.field for axis in plan.root.output.axes] == [None, None]


def test_a_pooled_gate_is_context_and_a_gate_of_every_position_is_a_path() -> None:
    pooled = plan_of((4, 9, 9), [{"Gate": [{"AdaptiveAvgPool2d": 1}, "Sigmoid"]}]).root.output
    local = plan_of((4, 9, 9), [{"Gate": [{"Conv2d": [1, 5, 1, 2]}, "Sigmoid"]}]).root.output
    assert pooled.seen == [(4, 4), (4, 4)]
    assert pooled.global_context
    assert local.seen == [(2, 6), (2, 6)]
    assert not local.global_context


WRONG: dict[str, tuple[Any, str, str]] = {
    "no path": ({"Residual": {}}, "missing-key", "Residual needs body"),
    "a shortcut alone": ({"Residual": {"shortcut": []}}, "missing-key", "Residual needs body"),
    "both forms": (
        {"Residual": {"shortcut": [], "branches": [[], []]}},
        "wrong-value", "Residual takes either shortcut or branches",
    ),
    "one branch": (
        {"Gate": {"branches": [[]]}}, "wrong-length", "branches: expected at least 2, not 1",
    ),
    "a branch of another shape": (
        {"Residual": {"branches": [[], [CONV, {"MaxPool2d": 2}], []]}},
        "shapes-differ", "branch 1 gives (4, 3, 3), branch 0 (4, 6, 6)",
    ),
    "a factor larger than the first branch": (
        {"Gate": {"branches": [[{"AdaptiveAvgPool2d": 1}], []]}},
        "shapes-differ", "a factor of (4, 6, 6) does not spread over (4, 1, 1)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_form_that_is_none_is_one_error(case: str) -> None:
    entry, code, message = WRONG[case]
    found = compiled((4, 6, 6), [entry])
    assert isinstance(found, list)
    assert [(one.code, one.message) for one in found] == [(code, message)]


def test_branches_are_added_and_multiplied_in_the_order_written() -> None:
    paths = [[CONV], [], [{"AdaptiveAvgPool2d": 1}]]
    plan = plan_of((4, 6, 6), [{"Gate": {"branches": paths}}])
    network, x = module(plan.root), torch.rand(2, 4, 6, 6)
    a, b, c = (path(x) for path in network[0].children())
    assert torch.equal(network(x), a * b * c)
    assert [name for name, _ in network[0].named_children()] == ["0", "1", "2"]
    plan = plan_of((4, 6, 6), [{"Residual": {"branches": paths[:2] + paths[:1]}}])
    network = module(plan.root)
    a, b, c = (path(x) for path in network[0].children())
    assert torch.equal(network(x), a + b + c)


@pytest.mark.parametrize("kind", COMPOSITES)
def test_autograd_keeps_what_a_composite_says_it_does(kind: str) -> None:
    entries = example(kind)
    before = {"Conv2d": [3, 1]}
    for chain in entries, [before, *entries], [before, "Sigmoid", *entries, "Mish"]:
        assert_kept(plan_of((3, 8, 8), chain))
