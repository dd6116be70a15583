"""What a run's figures depend on beside its spec, for people to read."""

from __future__ import annotations

import platform
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import torch

import netspec


def environment(device: str, more: dict[str, Any]) -> dict[str, Any]:
    """All that is known, with the commit of the folder that the command ran in."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "netspec": netspec.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "platform": platform.platform(),
        "device": device,
        "threads": torch.get_num_threads(),
        "command": sys.argv,
        "git": _commit(),
        **more,
    }


def _commit() -> str | None:
    """The commit of the working folder, marked where files differ from it."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],  # noqa: S607
            capture_output=True, text=True, timeout=5, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
