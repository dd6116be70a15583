"""What the playground is made of that is not netspec's: fetched at pinned versions, or found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from netspec.diagnostic import NetspecError, UsageError

PINS = ("package.json", "package-lock.json")
"""What npm installs; the lock has a digest of each package."""
WHEELS = files("netspec") / "playground" / "wheels.txt"
"""Python packages as pip takes them, each with its digest."""
PLATFORMS = ("pyemscripten_2026_0_wasm32", "manylinux2014_x86_64")
"""Of PyYAML there is no wheel for browsers, so that another one's files of Python are taken."""
PYTHON = "3.14"
ELSEWHERE = "or fetch them where there is a network, and name the folder: --assets DIR"
_PATIENCE = 600
_STAMP = "fetched"


@contextmanager
def assets(folder: Path | None) -> Iterator[Path]:
    """A folder with `node_modules/` and `wheels/`, for a while or, where one is given, for good.

    One that was fetched before is taken as it is, without a network. Raises NetspecError where
    something cannot be fetched, UsageError for a folder that holds other things.
    """
    if folder is None:
        with TemporaryDirectory(prefix="netspec-") as made:
            _fetch(Path(made))
            yield Path(made)
        return
    stamp = folder / _STAMP
    if not (stamp.is_file() and stamp.read_text("utf-8") == pins()):
        strange = _strange(folder)
        if strange:
            hint = "name a folder that is new or empty, or one that was fetched into"
            raise UsageError(f"{folder.as_posix()} holds {strange}, which is no asset", hint)
        folder.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        _fetch(folder)
        stamp.write_text(pins(), "utf-8")
    yield folder


def pins() -> str:
    """What stands for all versions that are pinned: a folder of others is fetched anew."""
    parts = [(_web() / name).read_bytes() for name in PINS] + [WHEELS.read_bytes()]
    return sha256(b"\0".join(parts)).hexdigest()


def run(command: Sequence[str | Path], folder: Path, purpose: str, **environment: str) -> None:
    """Run a program of others; NetspecError with the end of what it said where it fails."""
    try:
        done = subprocess.run(  # noqa: S603
            list(map(str, command)), cwd=folder, env={**os.environ, **environment},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=_PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NetspecError(f"cannot {purpose}: no end in {_PATIENCE} s", ELSEWHERE) from None
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise NetspecError(f"cannot {purpose}: {_told(said)}", f"is there a network? {ELSEWHERE}")


def program(name: str) -> str:
    """Where a program is; NetspecError where it is not."""
    found = shutil.which(name)
    if not found:
        message = f"the playground is made with {name}, which is not here"
        raise NetspecError(message, "install Node.js 20 or newer, which brings node and npm")
    return found


def _fetch(folder: Path) -> None:
    """Fetch everything into a folder; programs that come along are not run for it."""
    npm = program("npm")
    for name in PINS:
        (folder / name).write_bytes((_web() / name).read_bytes())
    run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        folder,
        "fetch Pyodide and CodeMirror by npm",
    )
    # Not by the folder's name alone: in it pip must not find modules of Python.
    run(
        [
            sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps",
            "--only-binary=:all:", "--disable-pip-version-check", "--python-version", PYTHON,
            *(part for one in PLATFORMS for part in ("--platform", one)),
            "--requirement", str(WHEELS), "--dest", str((folder / "wheels").resolve()),
        ],
        folder,
        "fetch Python packages by pip",
    )  # fmt: skip


def _strange(folder: Path) -> str | None:
    """Something in a folder that does not come from here; None where there is nothing."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder.as_posix()} is no folder", "name a folder")
    own = {*PINS, "node_modules", "wheels", _STAMP}
    return min((one.name for one in folder.glob("*") if one.name not in own), default=None)


def _told(said: Sequence[str]) -> str:
    """The line that says most of why a program failed."""
    errors = [line for line in said if "error" in line.lower()]
    return (errors or list(said) or ["it says nothing"])[-1].strip()[:300]


def _web() -> Path:
    return Path(str(files("netspec"))) / "web" / "playground"
