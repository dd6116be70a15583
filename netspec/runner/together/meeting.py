"""Where the processes of one run find each other."""

from __future__ import annotations

import os

from netspec.network.device import choose
from netspec.runner.together.variables import WORLD_SIZE
from netspec.runner.together.world import World


def meet(device: str = "auto") -> World:
    """The world that the launcher made, as torchrun says it in the environment."""
    if int(os.environ.get(WORLD_SIZE, "1")) == 1:
        return World(choose(device))
    from netspec.runner.together.processes import Together

    return Together.meet(device)
