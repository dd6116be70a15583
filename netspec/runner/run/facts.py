"""What a run's figures depend on beside its spec: taken up elsewhere, they would be others."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import zip_longest
from typing import Any, NamedTuple

import torch

from netspec.diagnostic import value_text
from netspec.runner.data.images import Dataset
from netspec.runner.together.world import World
from netspec.source import Source

_WORDS = {
    "spec": "another spec",
    "data": "other data",
    "torch": "torch {}, here is {}",
    "device": "{}, here is {}",
    "gpu": "an {}, here is an {}",
    "processes": "{} processes, here are {}",
    "threads": "{} threads, here are {}",
    "layout": "{} memory, here is {}",
    "dtype": "{}, here is {}",
}
_FORCE = "--force goes on, and ends with other figures"


class Difference(NamedTuple):
    name: str
    message: str
    """What the run was made with, and what is here."""
    hint: str


def facts(source: Source, data: Dataset, world: World, layout: str) -> dict[str, Any]:
    """The facts of a run that starts here and now."""
    # Each GPU has kernels of its own; the CPU's threads decide nothing there.
    by_device = (
        {"gpu": torch.cuda.get_device_name(world.device)}
        if world.device.type == "cuda"
        else {"threads": torch.get_num_threads()}
    )
    return {
        "spec": sha256(json.dumps(source.data, sort_keys=True).encode()).hexdigest(),
        "data": data.digest(),
        "torch": str(torch.__version__),
        "device": world.device.type,
        "processes": world.size,
        **by_device,
        "layout": layout,
        "dtype": "float32",
    }


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    """What a run was made with and is not here."""
    found = []
    for name, here in now.items():
        if before.get(name) != here:
            message = _WORDS.get(name, name + " {}, here is {}").format(before.get(name), here)
            way_back = f"--threads {before.get(name)} goes on as it began; "
            ways = {"threads": way_back, "processes": f"--devices {before.get(name)} does; "}
            hint = ways.get(name, "") + _FORCE
            found.append(Difference(name, message, hint))
    return found


def changed(before: Any, now: Any, at: str = "") -> str | None:
    """The first place where two specs differ, with both values."""
    if isinstance(before, dict) and isinstance(now, dict):
        pairs = [(key, before.get(key), now.get(key)) for key in {**before, **now}]
    elif isinstance(before, list) and isinstance(now, list):
        pairs = [(i, *pair) for i, pair in enumerate(zip_longest(before, now))]
    elif before == now and type(before) is type(now):
        return None
    else:
        return f"{at} {value_text(before)}, here it is {value_text(now)}"
    places = (changed(old, new, f"{at}.{key}" if at else str(key)) for key, old, new in pairs)
    return next((place for place in places if place), None)
