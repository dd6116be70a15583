"""Which run is meant."""

from __future__ import annotations

from pathlib import Path

from netspec.diagnostic import UsageError
from netspec.runner.run.lock import NAME


def find(run: str, runs: Path) -> Path:
    """The folder of a run: a path, or `last` for the one in `runs` that started last."""
    if run != "last":
        folder = Path(run)
        if not (folder / "spec.yaml").is_file():
            hint = "name its folder, such as runs/digits/1, or last"
            raise UsageError(f"no run in {folder}: it holds no spec.yaml", hint)
        return folder
    started = [
        (lock.stat().st_mtime_ns, int(lock.parent.name), lock.parent)
        for lock in runs.glob(f"*/*/{NAME}")
        if lock.parent.name.isdecimal() and (lock.parent / "spec.yaml").is_file()
    ]
    if not started:
        raise UsageError(f"no run in {runs}", "--runs-dir names another place")
    return max(started)[2]
