"""CPU time of `netspec check` on large specs and large folders.

python tests/bench/bench_scale.py
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "compiler"))

from test_scale import literal, repeated

COMMAND = [sys.executable, "-m", "netspec", "check", "--no-layers"]
BOUND_LAYERS, BOUND_FOLDER, FOLDER = 1.5, 3.0, 500


def seconds(path: Path) -> float:
    """CPU seconds of one check, its start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([*COMMAND, str(path)], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print each figure beside its bound; 1 where one is missed."""
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        specs = home / "specs"
        specs.mkdir()
        given = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
        for i in range(FOLDER):
            (specs / f"{i}.yaml").write_text(given[i % len(given)].read_text())
        for what, make in ("literal", literal), ("repeat", repeated):
            files = {count: home / f"{what}-{count}.yaml" for count in (8, 1_000, 10_000)}
            for count, file in files.items():
                file.write_text(make(count))
            taken = {count: [] for count in files}
            for _ in range(5):
                for count, file in files.items():
                    taken[count].append(seconds(file))
            start, small, large = (median(taken[count]) for count in files)
            ratio = (large - start) / (small - start)
            print(
                f"{what:8}  1,000 layers {small:.2f} s, 10,000 layers {large:.2f} s of CPU "
                f"(bound {BOUND_LAYERS}), start {start:.2f} s, growth {ratio:.1f} times"
            )
            missed += large > BOUND_LAYERS
        folder = median(seconds(specs) for _ in range(3))
        print(f"folder    {FOLDER} specs {folder:.2f} s of CPU (bound {BOUND_FOLDER})")
        missed += folder > BOUND_FOLDER
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
