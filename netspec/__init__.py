"""Small neural networks as YAML: checked, measured and trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from netspec.compiler import compile as compile
    from netspec.compiler.plan import Plan as Plan
    from netspec.diagnostic import Diagnostic as Diagnostic
    from netspec.diagnostic import NetspecError as NetspecError
    from netspec.diagnostic import SpecError as SpecError
    from netspec.diagnostic import UsageError as UsageError
    from netspec.network.build import build as build
    from netspec.network.load import load_run as load_run
    from netspec.report import Report as Report
    from netspec.report import check as check
    from netspec.runner.train import train as train
    from netspec.source import read as load  # noqa: F401

_HOMES = {
    "load": "netspec.source:read",
    "check": "netspec.report:check",
    "compile": "netspec.compiler:compile",
    "build": "netspec.network.build:build",
    "train": "netspec.runner.train:train",
    "load_run": "netspec.network.load:load_run",
    "Plan": "netspec.compiler.plan:Plan",
    "Report": "netspec.report:Report",
    "Diagnostic": "netspec.diagnostic:Diagnostic",
    "NetspecError": "netspec.diagnostic:NetspecError",
    "SpecError": "netspec.diagnostic:SpecError",
    "UsageError": "netspec.diagnostic:UsageError",
}


def __getattr__(name: str) -> Any:
    """Public names, each imported when it is first used."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'netspec' has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
