"""Published networks as students write them become the specs of specs/, and keep their weights."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from students import NETWORKS

import netspec
from netspec.capture.imported import imported
from netspec.compiler.plan import Plan

ROOT = Path(__file__).parents[2]


def rows(plan: Plan) -> list[Any]:
    """All that a report says of each layer but its name."""
    return [
        (
            leaf.kind, leaf.output.shape, leaf.params, leaf.buffer_count, leaf.macs,
            [axis.field for axis in leaf.output.axes], leaf.output.seen,
        )
        for leaf in plan.leaves
    ]  # fmt: skip


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", NETWORKS)
def test_a_student_network_is_the_spec_in_every_figure_and_its_outputs_are_equal(name: str) -> None:
    torch.manual_seed(0)
    module = NETWORKS[name]()
    plan = netspec.compile(ROOT / "specs" / f"{name}.yaml")
    found = imported(module, plan.input)
    assert rows(found.plan) == rows(plan)
    assert found.plan.totals == plan.totals
    assert found.plan.receptive_field == plan.receptive_field
    assert found.notes == []

    # An old checkpoint, by its old names.
    old = {name: torch.rand_like(one) for name, one in module.state_dict().items()
           if one.is_floating_point()}  # fmt: skip
    module.load_state_dict(old, strict=False)
    network = netspec.build(found.source, device="cpu")
    network.load_state_dict({found.names[name]: one for name, one in old.items()}, strict=False)
    x = torch.randn(2, *plan.input)
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a log_softmax without dim
        assert torch.equal(module.eval()(x), network.eval()(x))
