"""What `netspec import` is pointed at: a class or function in a file, a notebook or a package."""

from __future__ import annotations

import ast
import importlib
import linecache
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from netspec.capture.definitions import cells_of, defines
from netspec.capture.nodes import Trouble
from netspec.capture.record import PACKAGES
from netspec.capture.trouble import CaptureError
from netspec.capture.verify import place_of
from netspec.diagnostic import UsageError, nearest, short
from netspec.disk import files

_FORM = "path/net.py:Net, package.module:factory or notebook.ipynb:Net"


def load(target: str, arguments: Mapping[str, Any], definitions: bool | None) -> nn.Module:
    """The module that a target makes.

    `definitions` says whether only imports, classes, functions and constants of a file are run,
    None that this is so for notebooks. Raises UsageError where there is no such target,
    CaptureError where its code raises anything.
    """
    home, colon, name = target.rpartition(":")
    if not colon or not home or not name:
        raise UsageError(f"'{target}' does not say what to import", f"write {_FORM}")
    file = Path(home)
    known: Any
    if file.suffix in (".py", ".ipynb"):
        only = file.suffix == ".ipynb" if definitions is None else definitions
        known = _file(file, only)
    else:
        known = _package(home)
    made = known
    for part in name.split("."):
        if not hasattr(made, part):
            here = [one for one, value in vars(made).items() if _is_candidate(value, known)]
            hint = nearest(part, here) or (
                f"it has {', '.join(sorted(here)[:20])}" if here else _FORM
            )
            raise UsageError(f"{home} has no '{part}'", hint)
        made = getattr(made, part)
    if isinstance(made, nn.Module):
        if arguments:
            raise UsageError(f"{name} is a module already, and takes no --arg")
        return made
    if not callable(made):
        raise UsageError(f"{name} is no module, and nothing that makes one", _FORM)
    made = _run(lambda: made(**arguments), f"{name}({_said(arguments)})")
    if not isinstance(made, nn.Module):
        raise UsageError(f"{name}() gives {type(made).__name__}, no torch.nn.Module")
    return made


def _is_candidate(value: Any, known: Any) -> bool:
    home = getattr(value, "__module__", None)
    made = isinstance(value, nn.Module)
    kind = isinstance(value, type) and issubclass(value, nn.Module) and home == known.__name__
    return made or kind


def _said(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in arguments.items())


def _package(name: str) -> ModuleType:
    sys.path.insert(0, "")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if name == error.name or name.startswith(f"{error.name}."):
            hint = f"a file ends in .py: {_FORM}"
            raise UsageError(f"there is no package {error.name}", hint) from None
        raise _failed(error, f"importing {name}") from None
    except BaseException as error:
        raise _failed(error, f"importing {name}") from None
    finally:
        sys.path.remove("")


def _file(file: Path, definitions: bool) -> ModuleType:
    """The namespace of a file after it was run, or its definitions were."""
    data = _read(file)
    module = ModuleType(f"_imported_{file.stem}" if definitions else file.stem)
    module.__file__ = str(file)
    cells = (
        list(cells_of(file, data)) if file.suffix == ".ipynb" else [(str(file), _text(file, data))]
    )
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    sys.path.insert(0, str(file.parent))
    try:
        for name, text in cells:
            _run_text(module, name, text, definitions, file.suffix == ".ipynb")
    finally:
        sys.path.remove(str(file.parent))
        if before is not None:
            sys.modules[module.__name__] = before
    return module


MAX_BYTES = 64 << 20
"""Notebooks have pictures in them."""


def _read(file: Path) -> bytes:
    try:
        return files.read(file, MAX_BYTES, links=True)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {(error.strerror or str(error)).lower()}") from None


def _text(file: Path, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text: {error.reason}") from None


def _run_text(module: ModuleType, name: str, text: str, definitions: bool, notebook: bool) -> None:
    if notebook:
        # Commands of the notebook itself are no Python.
        text = "\n".join(
            "" if line.lstrip()[:1] in ("%", "!", "?") else line for line in text.split("\n")
        )
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    try:
        tree = ast.parse(text, name)
    except SyntaxError as error:
        if notebook:
            return  # such as text of another language
        message = f"{name}:{error.lineno} is no Python: {error.msg}"
        raise UsageError(message) from None
    if not definitions:
        _run(lambda: exec(compile(tree, name, "exec"), vars(module)), f"running {name}")  # noqa: S102
        return
    for statement in tree.body:
        if not defines(statement):
            continue
        one = ast.Module([statement], [])
        code = compile(one, name, "exec")
        try:
            exec(code, vars(module))  # noqa: S102
        except ImportError as error:
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                raise _failed(error, f"running {name}") from None
            # What is missing may be for training alone; a network that needs it says so.
        except BaseException as error:
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                continue
            raise _failed(error, f"running {name}") from None


def _run(run: Any, what: str) -> Any:
    try:
        return run()
    except BaseException as error:
        raise _failed(error, what) from None


def _failed(error: BaseException, what: str) -> BaseException:
    """The error that is told of one in a stranger's code."""
    if isinstance(error, KeyboardInterrupt | CaptureError):
        return error
    said = short(" ".join(str(error).split()), 200)
    message = f"{what} raises {type(error).__name__}{': ' * bool(said)}{said}"
    help = None
    if what.startswith("running"):
        help = "--definitions runs imports, classes, functions and constants alone"
    if isinstance(error, NameError):
        help = "with --definitions what is worked out is not there: --no-definitions runs it all"
    if isinstance(error, TypeError) and "argument" in said:
        help = "--arg name=value gives an argument"
    return CaptureError([Trouble("", "", place_of(error, (*PACKAGES, __file__)), message, help)])


def parsed(given: Sequence[str]) -> dict[str, Any]:
    """Arguments written key=value, as Python values where they are some, else as text."""
    found: dict[str, Any] = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or not key.isidentifier():
            raise UsageError(f"--arg {one}: expected name=value", "--arg num_classes=10")
        try:
            found[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            found[key] = {"true": True, "false": False, "null": None}.get(value.lower(), value)
    return found
