"""Export every spec, and runs that are named, in every format; how far what is read back is off.

python tests/bench/export.py [RUN...]
python tests/bench/export.py --kinds    # the example of every kind of layer instead
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from netspec.diagnostic import NetspecError
from netspec.emit.export import export
from netspec.emit.formats import SUFFIXES

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests"))


def networks() -> dict[str, Any]:
    """What to export, by what the table calls it."""
    if sys.argv[1:] != ["--kinds"]:
        specs = [*sorted(ROOT.glob("examples/*.yaml")), *sorted(ROOT.glob("specs/*.yaml"))]
        return {path.as_posix()[-24:]: path for path in [*map(Path, sys.argv[1:]), *specs]}
    from plans import SHAPES, compiled, example

    from netspec import layers
    from netspec.compiler.plan import Plan

    plans = {kind: [compiled(shape, example(kind)) for shape in SHAPES] for kind in layers.KINDS}
    return {kind: next(p for p in made if isinstance(p, Plan)) for kind, made in plans.items()}


def main() -> int:
    failed = 0
    print(f"{'network':24} {'format':8} {'difference':>14} {'CPU s':>8} {'bytes':>14}")
    with TemporaryDirectory() as folder:
        for name, network in networks().items():
            for form, suffix in SUFFIXES.items():
                file, start = Path(folder) / f"it{suffix}", process_time()
                try:
                    made = export(network, file)
                except NetspecError as error:
                    failed += 1
                    print(f"{name:24} {form:8} {error}")
                    continue
                seconds, size = process_time() - start, file.stat().st_size
                off = f"{made.difference:.2g}{'' if made.seen else ' unseen'}"
                print(f"{name:24} {form:8} {off:>14} {seconds:8.1f} {size:14,}", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
