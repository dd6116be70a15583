"""A spec as it is given from Python."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from netspec import source
from netspec.diagnostic import UsageError, listed, nearest
from netspec.source import Source

Spec = str | os.PathLike[str] | Mapping[str, Any] | Source
"""A path, or what a file says as a mapping."""
UNNAMED = "spec.yaml"
"""What messages call a spec that is in no file."""


def name_of(spec: Spec | None) -> str:
    """What messages call a spec."""
    if isinstance(spec, Source):
        return spec.path
    return UNNAMED if spec is None or isinstance(spec, Mapping) else source.name_of(spec)


def given(
    spec: Spec | None = None, *, text: str | None = None, vars: Mapping[str, Any] | None = None
) -> Source:
    """The spec at a path, in a mapping or in a text, with other values for some of its variables.

    A mapping is written as YAML first, so that what is said of it has places. Raises SpecError
    where it is no YAML, UsageError where it cannot be read or lacks one of the variables.
    """
    if (spec is None) == (text is None):
        raise UsageError("one of spec and text is needed", "give a path, a mapping or text=…")
    if text is not None:
        read = source.parse(text, UNNAMED)
    elif isinstance(spec, Source):
        read = spec
    elif isinstance(spec, Mapping):
        from netspec.source.dump import dumped

        read = source.parse(dumped(spec), UNNAMED)
    else:
        assert spec is not None
        read = source.load(spec)
    for name, value in (vars or {}).items():
        read = _with(read, name, value)
    return read


def _with(read: Source, name: str, value: Any) -> Source:
    """The spec with another value for a variable."""
    from netspec.language.override import override
    from netspec.source.dump import checked

    known = read.data.get("vars") if isinstance(read.data, dict) else None
    known = known if isinstance(known, dict) else {}
    if name not in known:
        help = nearest(name, known) or (listed(known) if known else "it has no vars")
        raise UsageError(f"{read.path} has no variable '{name}'", help)
    return override(read, f"vars.{name}", checked(value))
