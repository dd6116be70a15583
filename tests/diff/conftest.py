from __future__ import annotations

from repository import repository  # noqa: F401
