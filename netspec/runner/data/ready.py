"""A spec's data where the network is, with faults of it at their place in the spec."""

from __future__ import annotations

from pathlib import Path

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, Fault, SpecError
from netspec.language.training import Data
from netspec.runner.data.datasets import load
from netspec.runner.data.images import Dataset
from netspec.runner.data.prepare import Prepare
from netspec.runner.together.world import World


def ready(
    plan: Plan, wanted: Data, split: int, data_dir: Path, world: World
) -> tuple[Dataset, Prepare]:
    """Data and how batches of it are prepared; SpecError where the network cannot read it.

    `split` is the seed that decides what is held back. Raises NetspecError where the data is
    missing or damaged.
    """
    try:
        data = load(wanted, data_dir, plan.input, plan.output, split, world).to(world.device)
        return data, Prepare(wanted, data.train, plan.input, world)
    except Fault as fault:
        span, path = plan.source.span(("train", "data", *fault.at)), plan.source.path
        found = Diagnostic(fault.code, fault.message, help=fault.help, path=path, span=span)
        raise SpecError([found], plan.source.text) from None
