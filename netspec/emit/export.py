"""Networks as files that others run."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError, UsageError
from netspec.disk import output
from netspec.emit.formats import SUFFIXES
from netspec.emit.subject import Subject, first_line, subject
from netspec.language.given import Spec

_BATCHES = (1, 3)
"""Sizes at which a file is held against the network; it is traced with another one."""


_KEPT = "nothing is written; --format pt2 and --format python write it in other ways"


class Differs(NetspecError):
    """What was written is not what the network says."""

    exit_code = 1


class Exported(NamedTuple):
    """A file that was written."""

    path: Path
    format: str
    difference: float | None
    """Largest share by which its outputs differ from the network's; None where it was not run."""
    weights: Path | None
    """The file of a run that its weights come from; None where they are untrained."""


def export(
    spec: Plan | Spec,
    path: str | os.PathLike[str],
    format: str | None = None,
    *,
    raw: bool = False,
    seed: int = 0,
    note: Callable[[str], Any] = warnings.warn,
) -> Exported:
    """Write the network of a spec or of a run as a file of another format, and read it back.

    A spec is as `build` takes it, and then has torch's initial weights of `seed`; a run is its
    folder or its best.safetensors, and normalizes images itself but for `raw`. The format is onnx,
    pt2 or python, by default the one that the path's suffix tells. `note` takes what a person has
    to know.

    Raises SpecError where the spec has errors, UsageError where the path cannot be written to, and
    NetspecError, without writing it, where what the file says differs from the network.
    """
    to = Path(path)
    output.free(to)
    chosen = _format(format, to)
    told = subject(spec, raw, seed, note)
    difference: list[float | None] = []
    data = chosen.write(told)

    def check(file: Path) -> None:
        try:
            difference.append(_held(chosen.read(file, told), told, chosen.ROUNDING))
        except NetspecError:
            raise
        except Exception as error:  # whoever runs it has exceptions of its own
            raise Differs(f"the file does not run: {first_line(error)}", _KEPT) from error

    output.write(to, data, check)
    name = chosen.__name__.rpartition(".")[2]
    return Exported(to, name, difference[0], told.weights)


def _format(name: str | None, path: Path) -> Any:
    """The file of a format: the one named, else the one that a suffix tells."""
    known = f"known here: {', '.join(SUFFIXES)}"
    if name is None:
        name = next((form for form, suffix in SUFFIXES.items() if path.suffix == suffix), None)
        if name is None:
            raise UsageError(f"{path.name} does not tell a format", f"say which; {known}")
    elif name not in SUFFIXES:
        raise UsageError(f"unknown format '{name}'", known)
    return import_module(f"netspec.emit.formats.{name}")


@torch.no_grad()
def _held(read: Callable[[Tensor], Tensor] | None, told: Subject, rounding: float) -> float | None:
    """The largest difference at batch sizes of its own; Differs where it is no rounding."""
    if read is None:
        return None
    if isinstance(read, nn.Module) and read.state_dict().keys() != told.layers.state_dict().keys():
        raise Differs("the file has other names of weights than the network", _KEPT)
    network, worst = told.network, 0.0
    chance = torch.Generator().manual_seed(0)
    for batch in _BATCHES:
        shape = (batch, *told.plan.input)
        x = (
            torch.rand(shape, generator=chance)
            if told.first
            else torch.randn(shape, generator=chance)
        )
        wanted, got = network(x), read(x)
        if got.shape != wanted.shape or not got.isfinite().equal(wanted.isfinite()):
            message = f"the file gives {tuple(got.shape)}, the network {tuple(wanted.shape)}"
            raise Differs(message, _KEPT)
        scale = float(wanted.abs().max())
        off = float((got - wanted).abs().max())
        worst = max(worst, off / scale if scale else off)
    if not worst <= rounding:
        message = f"outputs of the file differ from the network's by {worst:.2g} of the largest"
        raise Differs(message, f"at most {rounding:g} is rounding; {_KEPT}")
    return worst
