"""The weights of a module from a file, and as a file under the names of its spec."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from netspec.capture.imported import Imported
from netspec.diagnostic import UsageError, short
from netspec.disk import output
from netspec.network.packed import packed

_INSIDE = ("state_dict", "model_state_dict", "model", "net", "network", "weights")
_PREFIXES = ("module.", "_orig_mod.")


def read(path: Path, module: nn.Module) -> None:
    """Give a module the weights in a file, whose pickles cannot run code."""
    if not path.is_file():
        raise UsageError(f"no file {path}", "--weights takes a checkpoint such as model.pt")
    module.load_state_dict(_fitting(path, _state(path), module))


def _state(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, ValueError, EOFError, OSError, KeyError) as error:
        said = short(str(error).strip().split("\n")[0], 160)
        help = "save module.state_dict(): a whole module in a file is code, and none of it is run"
        raise UsageError(f"{path} cannot be read as weights: {said}", help) from None
    while isinstance(found, Mapping) and not any(isinstance(v, Tensor) for v in found.values()):
        inside = next((found[key] for key in _INSIDE if key in found), None)
        if inside is None:
            break
        found = inside
    held: Any = found if isinstance(found, Mapping) else {}
    tensors = {str(key): value for key, value in held.items() if isinstance(value, Tensor)}
    if not tensors:
        raise UsageError(f"{path} has no state_dict in it", "save module.state_dict()")
    return tensors


def _fitting(path: Path, state: dict[str, Tensor], module: nn.Module) -> dict[str, Tensor]:
    """The weights by the module's own names; UsageError where they are not its."""
    own = module.state_dict()
    for prefix in _PREFIXES:
        if state and all(key.startswith(prefix) for key in state):
            state = {key.removeprefix(prefix): value for key, value in state.items()}
    missing = [key for key in own if key not in state and not key.endswith("num_batches_tracked")]
    unknown = [key for key in state if key not in own]
    other = [
        f"{key} {tuple(state[key].shape)} for {tuple(value.shape)}"
        for key, value in own.items() if key in state and state[key].shape != value.shape
    ]  # fmt: skip
    for what, names in ("lacks", missing), ("also has", unknown), ("has", other):
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            message = f"{path} {what} {', '.join(names[:3])}{more}"
            raise UsageError(message, "are they another network's? --arg may make it the same")
    return own | state


def write(imported: Imported, spec: Path) -> list[Path]:
    """Write the weights and the map of their names beside a spec; the files that were written."""
    file, table = written(spec)
    output.write(file, packed(_whole(imported), {"spec": imported.source.text}))
    text = json.dumps({"schema": 1, "names": imported.names}, indent=2) + "\n"
    output.write(table, text.encode())
    return [file, table]


def written(spec: Path) -> list[Path]:
    """The files of weights and of their names that stand beside a spec."""
    return [spec.with_suffix(".safetensors"), spec.with_suffix(".names.json")]


def _whole(imported: Imported) -> dict[str, Tensor]:
    """All that the spec's network has, in the order of its layers."""
    found: dict[str, Tensor] = {}
    for leaf in imported.plan.leaves:
        for name, shape in (leaf.weights | leaf.buffers).items():
            key = f"{leaf.name}.{name}"
            tensor = imported.tensors.get(key)
            if tensor is None:  # how many batches there were
                tensor = torch.zeros(shape, dtype=torch.int64)
            floating = tensor.is_floating_point()
            found[key] = tensor.to("cpu", torch.float32 if floating else tensor.dtype).contiguous()
    return found
