"""Pages and drawings of specs: kB, seconds to write them; every unit of one picked in a browser.

python tests/bench/view.py examples/*.yaml
NETSPEC_BROWSER=DIR python tests/bench/view.py --units specs/mnist-8k.yaml
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import time
from pathlib import Path

from netspec import report, source
from netspec.render import renderer

sys.path.insert(0, str(Path(__file__).parents[1]))
HEADS = ("layers", "page kB", "gzip kB", "SVG kB", "check s", "page s")


def sizes(paths: list[Path]) -> int:
    """Print a row for each spec: layers, the page plain and packed, the drawing, seconds."""
    print(f"{'spec':24}", *(f"{head:>8}" for head in HEADS), sep="")
    for path in paths:
        start = time.process_time()
        found = report.examine(source.load(path))
        checked = time.process_time()
        assert found.plan
        page = renderer("view", "html").render(found.plan, found.diagnostics)
        seconds = time.process_time() - checked
        svg = renderer("view", "svg").render(found.plan, found.diagnostics)
        print(
            f"{path.stem:24}{len(found.plan.leaves):8}{len(page) / 1000:8.0f}"
            f"{len(gzip.compress(page)) / 1000:8.0f}{len(svg) / 1000:8.0f}"
            f"{checked - start:8.2f}{seconds:8.2f}"
        )
    return 0


def units(path: Path) -> int:
    """Pick every unit of every layer by mouse, touch and keys; 1 where other pixels light up."""
    import picking
    from browser import Browser

    plan = picking.plan_of(str(path.resolve()))
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        file = picking.written(plan, Path(folder))
        ways = browser.run(file, picking.MANY, seconds=600)
    wrong = count = 0
    for leaf, *each in zip(plan.leaves, *ways, strict=True):
        wanted = picking.wanted(leaf)
        for way in each:
            told = [[picking.lit(drawn) for drawn in row] for row in way]
            count += sum(map(len, told))
            wrong += told != wanted
    print(f"{path}: {count:,} picks in {len(plan.leaves)} layers, {wrong} layers wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--units", action="store_true", help="pick every unit in a browser")
    given = parser.parse_args()
    sys.exit(max(map(units, given.paths)) if given.units else sizes(given.paths))
