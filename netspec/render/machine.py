"""The frame that everything netspec prints for machines stands in."""

from __future__ import annotations

import json
from typing import Any

from netspec import __version__


def whole(**keys: Any) -> str:
    """One JSON object; keys are only ever added."""
    return json.dumps({"schema": 1, "version": __version__, **keys}, indent=2)
