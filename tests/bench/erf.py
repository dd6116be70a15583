"""No gradient outside of the exact field, for every network in specs/ and examples/.

    python tests/bench/erf.py

Random weights, a few random images, the layers that `netspec eval --erf` takes and the last one
whose units differ. What is read through statistics or gates is no part of a field and left out.
With runs as arguments, their trained networks on their own images:

    python tests/bench/erf.py runs/mnist-8k/1 data
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from netspec import compile
from netspec.network.build import build
from netspec.runner.after import erf
from netspec.runner.after.eval import data_of
from netspec.runner.after.trained import open_run

ROOT = Path(__file__).parents[2]


def held(name: str, nodes: list, maps: list) -> int:
    """Print what a network reads outside of its fields; in how many layers it does."""
    wrong = 0
    for node, heat in zip(nodes, maps, strict=True):
        field, _ = erf.exact(node.output, heat.shape)
        outside = float(heat[~field].sum() / heat.sum()) if heat.sum() else 0.0
        used = int((heat > 0).sum())
        context = "statistics" if node.output.global_context else ""
        wrong += bool(outside) and not context
        print(f"{name:22} {node.name:18} field {int(field.sum()):6} used {used:6} "
              f"outside {outside:.1e} {context}")  # fmt: skip
    return wrong


def main(arguments: list[str]) -> int:
    torch.set_num_threads(1)
    if arguments:
        folder, data_dir = map(Path, arguments)
        run = open_run(folder, "cpu")
        images = data_of(run, data_dir)[0].judge
        pixels = run.prepare(images)(next(images.batches([torch.arange(100)]))[0])
        return held(folder.as_posix(), run.plan.leaves, erf.gradients(
            run.network, run.plan.leaves, lambda: iter([pixels])))  # fmt: skip
    wrong = 0
    for file in sorted([*ROOT.glob("specs/*.yaml"), *ROOT.glob("examples/*.yaml")]):
        plan = compile(file)
        if len(plan.input) == 1:
            continue
        nodes = erf.chosen(plan, [])
        x = torch.rand(2, *plan.input, generator=torch.Generator().manual_seed(0))
        maps = erf.gradients(build(plan, "cpu"), nodes, lambda x=x: iter([x]))
        wrong += held(file.stem, nodes, maps)
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
