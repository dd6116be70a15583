"""What to say of a key that a mapping does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from netspec.diagnostic import Fault, Path, listed, nearest
from netspec.language import words
from netspec.language.calls import MAX_TEXT
from netspec.language.entry import BESIDE
from netspec.language.section import Section
from netspec.language.validation import fields
from netspec.language.written import written

INFERRED = frozenset(
    {"in_channels", "in_features", "num_features", "num_channels", "embed_dim", "shape"}
)
"""Arguments that torch asks for and a spec may not write."""
_JOINED = re.compile(r"\s*(\w+)\s*([:=])\s*(.*)", re.DOTALL)


def unknown_key(
    name: str, value: Any, model: type[BaseModel], at: Path, what: str
) -> tuple[Fault, str | None]:
    """The fault of a key below a place of a model, and the key that is meant if there is one."""
    known = fields(model, at)
    place = (*at, name)
    if name in INFERRED:
        message = f"{name} is inferred from the layer before"
        return Fault("unknown-key", message, "remove it", place, key=True), None
    help, word = _instead(name, value, known) if len(name) <= MAX_TEXT else (None, None)
    if help is None and not issubclass(model, Section):
        help = words.of_no_argument(name)
        if name in BESIDE:
            help = f"write {name}: beside {what}:, not among its arguments"
    if help is None and (home := next(_homes(model, at, name, value), None)):
        help, word = home
    if help is None and (guess := nearest(name, known)):
        help, word = guess, guess.removesuffix("?").split()[-1]
    help = help or (listed(known) if known else None)
    return Fault("unknown-key", f"{what} has no {name}", help, place, key=True), word


def _instead(name: str, value: Any, known: list[str]) -> tuple[str | None, str | None]:
    """What to write for a word of another library, or for a key that has its value in it."""
    if (found := _JOINED.match(name)) and found[1] in known:
        rest = found[3] if value is None else f"{found[3]}: …"
        return f"write {found[1]}: {rest}".rstrip(), found[1]
    if (word := words.argument(name, known)) and word.lower() != name.lower():
        near = nearest(name, [word])
        return near or f"write {word}: {written(value)}", word
    return None, None


def _homes(
    model: type[BaseModel], at: Path, name: str, value: Any
) -> Iterator[tuple[str, str | None]]:
    """What to write where the key belongs elsewhere, and the key of this mapping that holds it."""
    if not issubclass(model, Section):
        return
    below = _model(model, at)
    shown = written(value)
    for section, field in below.model_fields.items() if below else ():
        inner = _model(below, (section,)) if below else None
        if inner and (name in inner.model_fields or words.argument(name, list(inner.model_fields))):
            yield f"write it below {section}:", None
        for word, arguments in _words(field):
            key = name if name in arguments else words.argument(name, arguments)
            if key:
                yield f"write {section}: {{{word}: {{{key}: {shown}}}}}", section
    whole = [section for section, field in model.model_fields.items() if name == section]
    if at and whole:
        yield f"write {name}: at the top, beside {at[0]}:", None


def _words(field: Any) -> Iterator[tuple[str, list[str]]]:
    """Names that a vocabulary in a field's annotation knows, each with its arguments."""
    parts = [*field.metadata]
    for one in (field.annotation, *get_args(field.annotation)):
        parts += getattr(one, "__metadata__", ())
    for vocabulary in (part for part in parts if hasattr(part, "words")):
        # What most people start with comes first.
        for word in sorted(vocabulary.words, key=lambda word: word != "Adam"):
            yield word, list(vocabulary.model(word).model_fields)


def _model(model: type[BaseModel] | None, at: Path) -> type[BaseModel] | None:
    """The model of the mapping at a place below a model; None where it is none."""
    for part in at:
        if model is None or part not in model.model_fields:
            return None
        found: Any = model.model_fields[str(part)].annotation
        model = next(
            (one for one in (*get_args(found), found) if isinstance(one, type)
             and issubclass(one, BaseModel)), None,
        )  # fmt: skip
    return model
