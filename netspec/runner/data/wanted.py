"""What a reader of data sets is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from netspec.language.training import Data
from netspec.runner.together.world import World


class Wanted(NamedTuple):
    data: Data
    """The section of the spec, with the name of the data set."""
    place: Path
    """The data directory."""
    shape: tuple[int, ...]
    """What the network reads of one sample."""
    size: tuple[int, ...] | None
    """Height and width to read image files in, None for those that they have."""
    grey: bool
    """Whether image files are read as grey."""
    world: World
    task: str | None = None
    """The task, None where the data says which it is for."""
    given: Any = None
    """What the caller gives as data, for the data set that asks for it."""
