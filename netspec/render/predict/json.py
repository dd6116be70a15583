"""What images show, for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.render import tasks
from netspec.render.machine import whole


def render(run: str, answers: Sequence[Any]) -> str:
    """Each image with all that is said of it."""
    images = [{"image": one.file.as_posix(), **tasks.of(one.task).answer(one)} for one in answers]
    return whole(run=run, images=images)
