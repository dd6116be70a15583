"""The document around the layers: its sections checked, its variables known."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from pydantic import ValidationError

from netspec.compiler.findings import Findings
from netspec.diagnostic import Fault
from netspec.language.expression import resolve
from netspec.language.spec import LITERAL, Spec

Scope = Mapping[str, Any]
"""What `$name` means at a place."""


class Document(NamedTuple):
    spec: Spec
    variables: Scope
    whole: bool
    """Whether every section could be read."""


def read(findings: Findings) -> Document | None:
    """What the source of `findings` says; None after a mistake that leaves no layers to look at."""
    data = findings.source.data
    if not isinstance(data, dict):
        fault = Fault("wrong-type", "a spec is a mapping", "it has input: and layers: at least")
        findings.report(fault, ())
        return None
    try:
        scope = _variables(data.get("vars"))
        data = {
            key: value if key in LITERAL else resolve(value, scope, (key,))
            for key, value in data.items()
        }
    except Fault as fault:
        findings.report(fault, ())
        return None
    try:
        return Document(Spec.model_validate(data), scope, whole=True)
    except ValidationError as error:
        findings.report_all(error, Spec, "a spec", ())
        broken = {one["loc"][0] for one in error.errors() if one["loc"]}
    # A mistake in another section does not keep the layers from being checked.
    with suppress(ValidationError):
        sound = {key: value for key, value in data.items() if key not in broken}
        return Document(Spec.model_validate(sound), scope, whole=False)
    return None


def _variables(given: Any) -> Scope:
    scope: dict[str, Any] = {}
    if isinstance(given, dict):
        for name, value in given.items():
            scope[name] = resolve(value, scope, ("vars", name))
    return scope
