"""A function of the user's own that makes data: netspec train SPEC --data module:function."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module
from typing import Any

from netspec.diagnostic import NetspecError, UsageError


def called(name: str) -> Any:
    """What the function gives that `module:function` names, looked for from the working folder.

    Raises UsageError where there is none, NetspecError, with the line, where it fails.
    """
    module, colon, attribute = name.partition(":")
    if not (colon and module and attribute):
        raise UsageError(f"--data {name}: no function", "write --data module:function")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found = import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise _failed(name, error) from None
        hint = "a file such as mine.py here is mine:function"
        raise UsageError(f"--data {name}: no module '{error.name}'", hint) from None
    except Exception as error:  # it is somebody's own code
        raise _failed(name, error) from None
    make = getattr(found, attribute, None)
    if not callable(make):
        raise UsageError(f"--data {name}: {module} has no function '{attribute}'")
    try:
        return make()
    except Exception as error:  # it is somebody's own code
        raise _failed(name, error) from None


def _failed(name: str, error: Exception) -> NetspecError:
    last = traceback.extract_tb(error.__traceback__)[-1]
    what = f"{type(error).__name__}: {error}".partition("\n")[0]
    return NetspecError(f"--data {name} failed: {what}", f"{last.filename}:{last.lineno}")
