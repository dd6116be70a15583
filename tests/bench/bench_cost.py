"""What the dearest specs cost: mutated ones, and every kind with every number at its largest.

python tests/bench/bench_cost.py --mutations 100000
"""

from __future__ import annotations

import json
import random
import re
import resource
import sys
import time
from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netspec import layers, report
from netspec.layers.base import Composite, rank_of
from netspec.render import renderer
from netspec.render.report import whole

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 3.0, 250
NUMBERS = (10, 10**3, 10**4, 10**5, 10**6, 10**9)
SHAPES = {
    0: ("[4, 28, 28]", "[4, 20000]", "[4, 262144]", "[262144]"),
    1: ("[4, 100]", "[4, 20000]", "[4, 262144]"),
    2: ("[4, 28, 28]", "[4, 2000, 2000]", "[4, 262144, 3]"),
    3: ("[4, 8, 8, 8]", "[4, 300, 300, 300]"),
}
NEEDED: dict[str, Any] = {
    "out_channels": 4, "kernel_size": 3, "out_features": 3, "num_groups": 1, "output_size": 2,
    "padding": 1, "value": 0, "norm_type": 2, "size": 3, "upscale_factor": 2, "groups": 2,
    "downscale_factor": 2, "dim": 1, "unflattened_size": [2, 2], "threshold": 0.1, "p": 0.1,
    "mode": "row", "num_heads": 2, "index": 0, "before": 1, "after": 1, "dims": [1, 0],
}  # fmt: skip
"""A value for each argument that some kind cannot do without."""
WORDS = (
    "Conv2d ReLU Residual Concat Gate Linear Flatten MaxPool2d $width null -1 0 3 7 1e9 true {}"
).split()


def large() -> Iterator[tuple[str, str]]:
    """Every kind with each of its arguments at every number, once and many times in a row."""
    for kind in layers.KINDS:
        model = layers.find(kind)
        assert model is not None
        if issubclass(model, Composite):
            continue
        fields = model.model_fields
        needed = {key: NEEDED[key] for key, field in fields.items() if field.is_required()}
        for name in fields:
            for number in NUMBERS:
                for more in ({}, {"padding": number // 2}, {"padding_mode": "circular"},
                             {"padding": number, "padding_mode": "replicate"},
                             {"mode": "bilinear"}, {"mode": "area"}):  # fmt: skip
                    if not more.keys() <= fields.keys():
                        continue
                    arguments = needed | more | {name: number}
                    if "scale_factor" in fields and name != "scale_factor":
                        arguments.setdefault("size", 7)
                    for shape in SHAPES[rank_of(kind)]:
                        layer = f"  - {kind}: {json.dumps(arguments)}\n"
                        for count in 1, 200:
                            text = f"input: {shape}\nlayers:\n{layer * count}"
                            yield f"{count} x {kind} {arguments} on {shape}", text


def mutated(count: int) -> Iterator[tuple[str, str]]:
    """The specs of the project with words, lines and characters exchanged."""
    files = [*(ROOT / "specs").glob("*.yaml"), *(ROOT / "examples").glob("*.yaml")]
    texts, chance = [file.read_text() for file in sorted(files)], random.Random(0)
    for number in range(count):
        text = chance.choice(texts)
        for _ in range(chance.randint(1, 4)):
            found = list(re.finditer(r"[A-Za-z_$]\w*|-?\d+(?:\.\d+)?", text)) or [None]
            if (at := chance.choice(found)) and chance.random() < 0.7:
                word = chance.choice([*WORDS, str(10 ** chance.randint(0, 9))])
                text = text[: at.start()] + word + text[at.end() :]
            else:
                i = chance.randrange(len(text) + 1)
                text = text[:i] + chance.choice(" :[]{}-#\n,\"'a1") + text[i:]
        yield f"mutation {number}", text


def main() -> int:
    parser = ArgumentParser(formatter_class=ArgumentDefaultsHelpFormatter)
    parser.add_argument("--mutations", type=int, default=2_000)
    parser.add_argument("--only", choices=("large", "mutated"))
    options = parser.parse_args()
    dearest: list[tuple[float, str, int]] = []
    for kind, specs in (("large", large()), ("mutated", mutated(options.mutations))):
        if options.only not in (None, kind):
            continue
        done = 0
        for name, text in specs:
            began = time.process_time()
            found = report.read(text, "spec.yaml")
            renderer("report", "full").render([found], whole())
            dearest.append((time.process_time() - began, name, len(found.diagnostics)))
            dearest = sorted(dearest, reverse=True)[:10]
            done += 1
        print(f"{done:,} {kind} specs")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"at most {memory} MiB (bound {MEGABYTES})")
    for seconds, name, findings in dearest:
        print(f"{seconds:6.2f} s  {findings:3} findings  {name}")
    return int(dearest[0][0] > SECONDS or memory > MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
