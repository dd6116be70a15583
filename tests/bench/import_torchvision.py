"""Import torchvision's classification networks, and say of each how the spec came out.

python tests/bench/import_torchvision.py [--size 224] [NAME…]

Prints for each network the lines of its spec, its layers, the seconds, whether outputs are equal
to the last bit (else the largest difference in parts of the largest number), and the rules that
fire; or why it is refused. Swin and MaxViT are left out: they shift and cut windows.
"""

from __future__ import annotations

import argparse
import inspect
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from torchvision import models

from netspec import report
from netspec.capture.imported import imported
from netspec.capture.trouble import CaptureError
from netspec.capture.verify import difference, load
from netspec.network.build import build

LEAST = {"inception_v3": 96, "vit_h_14": 56}
"""Sizes of input that a network needs, where the wanted one is not right for it."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    print(f"{'network':20} {'lines':>5} {'layers':>6} {'s':>6}  output   rules, notes")
    for name in given.names or names():
        torch.manual_seed(0)
        size = LEAST.get(name, given.size) if given.size < 224 else given.size
        began = time.perf_counter()
        try:
            row, kind = "  ".join(line(name, size)), "carried over"
        except CaptureError as error:
            row, kind = f"refused: {error}", "refused"
        counts[kind] += 1
        took = time.perf_counter() - began
        print(f"{name:20} {row.replace('SECONDS', f'{took:6.1f}')}", flush=True)
    print(", ".join(f"{number} {what}" for what, number in counts.items()))


def names() -> list[str]:
    found = models.list_models(module=models)
    return [one for one in found if not one.startswith(("swin", "maxvit"))]


def made(name: str, size: int) -> nn.Module:
    builder = getattr(models, name)
    more: dict[str, Any] = {"image_size": size} if name.startswith("vit") else {}
    if "init_weights" in inspect.signature(builder).parameters or name in ("googlenet",):
        more["init_weights"] = False
    if name == "inception_v3":
        more["init_weights"] = False
    module: nn.Module = builder(weights=None, **more).eval()
    for one in module.modules():
        # Weights that begin at zero would hide whatever comes before them.
        if isinstance(one, nn.BatchNorm2d):
            nn.init.uniform_(one.weight, 0.8, 1.2)
            nn.init.normal_(one.bias, std=0.1)
    return module


def line(name: str, size: int) -> Iterator[str]:
    module = made(name, size)
    found = imported(module, (3, size, size), name=name)
    network = build(found.source, device="cpu").eval()
    load(network, found.tensors)
    x = torch.randn(2, 3, size, size)
    with torch.inference_mode():
        gap = difference(module(x.clone()), network(x))
    text = found.source.text
    rules = Counter(one.code for one in report.examine(found.source).diagnostics)
    yield f"{text.count(chr(10)):5} {len(found.plan.leaves):6} SECONDS"
    yield f"{'exact' if gap == 0 else f'{gap:.0e}':7}"
    said = [f"{code} {number}" for code, number in rules.items()]
    graphs = text.count("Graph:")
    yield "; ".join([*said, *[f"{graphs} graphs"] * bool(graphs), *found.notes]) or "-"


if __name__ == "__main__":
    main()
