"""Networks as files that others run."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from torch import nn

from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError, UsageError
from netspec.disk import output
from netspec.emit.formats import SUFFIXES
from netspec.emit.held import KEPT, Differs, Held, held, lively
from netspec.emit.subject import Subject, first_line, subject
from netspec.language.given import Spec


class Exported(NamedTuple):
    """A file that was written."""

    path: Path
    format: str
    difference: float | None
    """Largest share by which its outputs differ from the network's; None where it was not run."""
    seen: bool
    """Whether its outputs depend on the input enough for that to say something."""
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
    data = chosen.write(told)
    found: list[Held | None] = []
    output.write(to, data, lambda file: found.append(_read_back(file, told, chosen)))
    (one,) = found
    name = chosen.__name__.rpartition(".")[2]
    return Exported(to, name, one and one.difference, bool(one and one.seen), told.weights)


def _read_back(file: Path, told: Subject, chosen: Any) -> Held | None:
    """How far the file is from the network; None where nothing here runs it."""
    try:
        read = chosen.read(file, told)
        if read is None:
            return None
        found = held(read, told, chosen.ROUNDING)
        if found.seen or told.weights:
            return found
        return Held(found.difference, held(*_livelier(read, told, chosen), chosen.ROUNDING).seen)
    except NetspecError:
        raise
    except Exception as error:  # whoever runs it has exceptions of its own
        raise Differs(f"the file does not run: {first_line(error)}", KEPT) from error


def _livelier(read: Any, told: Subject, chosen: Any) -> tuple[Any, Subject]:
    """The file and the network with weights that let a signal through."""
    twin = lively(told)
    if isinstance(read, nn.Module):
        read.load_state_dict(twin.layers.state_dict())
        return read, twin
    with TemporaryDirectory() as folder:
        file = Path(folder) / "twin"
        file.write_bytes(chosen.write(twin))
        return chosen.read(file, twin), twin


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
