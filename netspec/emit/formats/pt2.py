"""What torch.export.save writes: torch alone runs it, without the code of the network."""

from __future__ import annotations

import json
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import torch

from netspec.emit.subject import Subject, table
from netspec.emit.traced import traced

ROUNDING = 1e-4
"""Largest share by which outputs of the file read back may differ from the network's."""
_ABOUT = "netspec.json"
"""The file inside that says what the network is."""


def write(subject: Subject) -> bytes:
    """The bytes of the file."""
    about = {**subject.metadata(), "layers": table(subject.plan)}
    held = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        extra = {_ABOUT: json.dumps(about)}
        torch.export.save(traced(subject), held, extra_files=extra)
    return held.getvalue()


def read(file: Path, subject: Subject) -> Any:
    """What the file runs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.export.load(BytesIO(file.read_bytes())).module()
