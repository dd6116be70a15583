"""Small neural networks as YAML: checked, measured and trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "load": "netspec.source:read",
    "check": "netspec.audit:check",
    "compile": "netspec.compiler:compile",
    "build": "netspec.runtime.build:build",
    "train": "netspec.runtime.train:train",
    "load_run": "netspec.runtime.loading:load_run",
    "Plan": "netspec.plan:Plan",
    "Report": "netspec.compiler:Report",
    "Diagnostic": "netspec.diagnostic:Diagnostic",
    "NetspecError": "netspec.diagnostic:NetspecError",
    "SpecError": "netspec.diagnostic:SpecError",
    "UsageError": "netspec.diagnostic:UsageError",
}
__all__ = [*_HOMES]

if TYPE_CHECKING:
    from netspec.audit import check
    from netspec.compiler import Report, compile
    from netspec.diagnostic import Diagnostic, NetspecError, SpecError, UsageError
    from netspec.plan import Plan
    from netspec.runtime.build import build
    from netspec.runtime.loading import load_run
    from netspec.source import read as load


def __getattr__(name: str) -> Any:
    """Public names, each imported when it is first used."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'netspec' has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    return getattr(import_module(module), attribute)
