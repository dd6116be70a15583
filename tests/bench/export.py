"""Export every spec, and runs that are named, in every format; how far what is read back is off.

python tests/bench/export.py [RUN...]
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from netspec.diagnostic import NetspecError
from netspec.emit.export import export
from netspec.emit.formats import SUFFIXES

ROOT = Path(__file__).parents[2]


def main() -> int:
    failed = 0
    specs = [*sorted(ROOT.glob("examples/*.yaml")), *sorted(ROOT.glob("specs/*.yaml"))]
    print(f"{'network':24} {'format':8} {'difference':>14} {'CPU s':>8} {'bytes':>14}")
    with TemporaryDirectory() as folder:
        for network in [*map(Path, sys.argv[1:]), *specs]:
            for form, suffix in SUFFIXES.items():
                file, start = Path(folder) / f"it{suffix}", process_time()
                try:
                    made = export(network, file)
                except NetspecError as error:
                    failed += 1
                    print(f"{network.stem:24} {form:8} {error}")
                    continue
                seconds, size = process_time() - start, file.stat().st_size
                off = f"{made.difference:.2g}{'' if made.seen else ' unseen'}"
                print(f"{network.stem:24} {form:8} {off:>14} {seconds:8.1f} {size:14,}", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
