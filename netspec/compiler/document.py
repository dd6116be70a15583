"""The document around the layers: its sections checked, its variables known."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from netspec.compiler.findings import Findings
from netspec.diagnostic import Fault
from netspec.flow.flow import Shape
from netspec.language.expression import UNKNOWN, resolve
from netspec.language.spec import LITERAL, Block, Spec

Scope = Mapping[str, Any]
"""What `$name` means at a place."""


class Document(NamedTuple):
    """A spec as far as it can be read."""

    spec: Spec
    variables: Scope
    input: Shape | None
    """None where the file does not say it rightly."""
    layers: list[Any] | dict[str, Any]
    """A mapping where the file has one in place of a list."""
    blocks: Mapping[str, Block | None]
    """None for one that is given wrongly."""
    whole: bool
    """Whether every section could be read."""


def read(findings: Findings) -> Document | None:
    """What the source of `findings` says; None where there is nothing to look at."""
    data = findings.source.data
    if not isinstance(data, dict):
        help = "it has input: and layers: at least"
        if isinstance(data, list):
            help = "write layers: above the list, and input: above that"
        findings.report(Fault("wrong-type", "a spec is a mapping", help), ())
        return None
    findings.moved = _moved(data)
    sections = {name: data.get(findings.moved.get(name, name)) for name in Spec.model_fields}
    scope = _variables(sections["vars"], findings)
    if "vars" in data and not scope and not data.keys() <= Spec.model_fields.keys():
        scope = {"": UNKNOWN}  # they may stand beside it
    given: dict[str, Any] = {}
    lost = set()
    for key, value in data.items():
        try:
            literal = key in LITERAL or key not in Spec.model_fields
            given[key] = value if literal else resolve(value, scope, (key,))
        except Fault as fault:
            findings.report(fault, ())
            lost.add(key)
    if "input" in lost:
        given["input"] = _ANY_INPUT
    try:
        spec = Spec.model_validate(given)
    except ValidationError as error:
        findings.report_all(error, Spec, "a spec", (), data=given)
        lost |= {one["loc"][0] for one in error.errors() if one["loc"]}
    else:
        if not lost:
            return Document(
                spec, scope, tuple(spec.input), spec.layers, dict(spec.blocks), whole=True
            )  # fmt: skip
    # A mistake in one section does not keep the others from being checked.
    return _salvaged(sections, given, lost, scope)


_ANY_INPUT = [1]
_MAX_MOVED = 20


def _moved(data: dict[str, Any]) -> dict[str, str]:
    """Sections that are written under another name, with that name."""
    unknown = [key for key in data if key not in Spec.model_fields]
    if not unknown:
        return {}
    from netspec.language.unknown_key import unknown_key

    moved: dict[str, str] = {}
    for key in unknown[:_MAX_MOVED]:
        _, name = unknown_key(key, data[key], Spec, (), "a spec")
        if name and name not in data:
            moved.setdefault(name, key)
    return moved


def _salvaged(
    sections: dict[str, Any], given: dict[str, Any], lost: set[Any], scope: Scope
) -> Document:
    """The document without the sections in which there is a mistake."""
    sound = {
        key: value for key, value in given.items()
        if key in Spec.model_fields and key not in lost and key not in LITERAL
    }  # fmt: skip
    blocks, layers = sections["blocks"], sections["layers"]
    known = "input" in sound and isinstance(layers, list)
    spec = Spec.model_validate({"input": _ANY_INPUT} | sound | {"layers": [None]})
    entries = layers if isinstance(layers, list | dict) else [] if layers is None else [layers]
    bodies = {name: _block(body) for name, body in blocks.items()} if isinstance(
        blocks, dict
    ) else _named(blocks)  # fmt: skip
    spec = spec.model_copy(update={"layers": entries, "vars": sections["vars"] or {}})
    return Document(spec, scope, tuple(spec.input) if known else None, entries, bodies, whole=False)


def _block(body: Any) -> Block | None:
    """A block as far as its layers can be read; None where they cannot."""
    try:
        return Block.model_validate(body)
    except ValidationError:
        pass
    layers, args = (body.get("layers"), body.get("args", {})) if isinstance(body, dict) else (0, 0)
    if isinstance(args, list) and all(isinstance(name, str) for name in args):
        args = dict.fromkeys(args)
    elif args is None and isinstance(body, dict):
        args = {name: one for name, one in body.items() if name not in Block.model_fields}
    elif isinstance(args, str):
        args = {args: None}
    if not isinstance(layers, list) or not isinstance(args, dict):
        return None
    return Block.model_construct(args=args, layers=layers)


def _named(blocks: Any) -> dict[str, Block | None]:
    """The names of blocks that are given in another way; "" stands for any."""
    if blocks is None:
        return {}
    items = blocks if isinstance(blocks, list) else []
    names = [
        name
        for item in items if isinstance(item, dict)
        for name in ([item["name"]] if isinstance(item.get("name"), str) else item)
    ]  # fmt: skip
    return dict.fromkeys(names or [""])


def _variables(given: Any, findings: Findings) -> Scope:
    if isinstance(given, list) and all(isinstance(one, dict) for one in given):
        given = {name: value for one in given for name, value in one.items()}
    if not isinstance(given, dict):
        return {} if given is None else {"": UNKNOWN}
    scope: dict[str, Any] = {}
    for name, value in given.items():
        try:
            scope[name] = resolve(value, scope, ("vars", name))
        except Fault as fault:
            findings.report(fault, ())
            scope[name] = UNKNOWN
    return scope
