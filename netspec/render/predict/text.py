"""What images show, for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.render import tasks
from netspec.render.columns import columns
from netspec.render.safe import escape


def render(run: str, answers: Sequence[Any]) -> str:
    """A line for each image: the file, and what is said of it."""
    rows = [(escape(one.file.as_posix()), *tasks.of(one.task).row(one)) for one in answers]
    return "\n".join(columns(rows, "<<" + ">" * (len(rows[0]) - 2) if rows else ""))
