"""Small neural networks as YAML: checked, measured and trained."""

from functools import cache
from importlib import import_module
from typing import Any

__version__ = "0.1.0"


@cache
def _homes() -> dict[str, tuple[str, str]]:
    """The public names as __init__.pyi lists them: the module of each, and its name there."""
    with open(f"{__path__[0]}/__init__.pyi", encoding="utf-8") as stub:
        rows = [line.split() for line in stub if line.startswith("from ")]
    return {row[-1]: (row[1], row[3]) for row in rows}


def __getattr__(name: str) -> Any:
    """A public name, imported when it is asked for: most of them bring torch or pydantic."""
    if name.startswith("__") or name not in _homes():
        raise AttributeError(f"module 'netspec' has no attribute {name!r}")
    module, attribute = _homes()[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *_homes()])
