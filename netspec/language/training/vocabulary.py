"""Torch's names with their keyword arguments, as data.

A word is a function with torch's own signature. Its annotations are the schema, its docstring is
the documentation, and its body raises Fault for values that do not go together. A pydantic model
is made of a word when it is first used, since making all of them costs more than a whole check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, NamedTuple, get_type_hints

from pydantic import (
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    ValidationError,
    create_model,
)
from pydantic_core import CoreSchema, core_schema

from netspec.diagnostic import Fault, Path, listed, nearest
from netspec.language.entry import arguments
from netspec.language.section import Section, located
from netspec.language.validation import faults

Word = Callable[..., None]

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1, le=10**9)]
Pair = Annotated[tuple[float, float], Strict(False)]
"""YAML has lists only, and a strict tuple takes none; the numbers inside stay strict."""


class Part(NamedTuple):
    """One of torch's names and every argument it is called with."""

    name: str
    arguments: dict[str, Any]

    def written(self) -> dict[str, dict[str, Any]]:
        return {self.name: self.arguments}


class Vocabulary:
    """Reads `Name`, `{Name: {keyword: value}}`, `{Name: [value, …]}` and `{Name: value}`."""

    def __init__(self, what: str, words: Iterable[Word]) -> None:
        self.what = what
        self.words = {word.__name__: word for word in words}
        self._models: dict[str, type[Section]] = {}

    def model(self, name: str) -> type[Section]:
        if name not in self._models:
            word = self.words[name]
            hints = get_type_hints(word, include_extras=True)
            keys = word.__code__.co_varnames[: word.__code__.co_argcount]
            given = word.__defaults__ or ()
            defaults = [...] * (len(keys) - len(given)) + list[Any](given)
            fields: dict[str, Any] = {
                key: (hints[key], default) for key, default in zip(keys, defaults, strict=True)
            }
            self._models[name] = create_model(
                name, __base__=Section, __doc__=word.__doc__, __module__=__name__, **fields
            )
        return self._models[name]

    def read(self, written: Any) -> Part:
        if isinstance(written, Part):
            return written
        try:
            return self._read(written)
        except Fault as fault:
            raise located([fault]) from None

    def _read(self, written: Any) -> Part:
        if isinstance(written, str):
            return self._part(written, None, ())
        if isinstance(written, dict) and len(written) == 1:
            ((name, value),) = written.items()
            return self._part(name, value, (name,))
        message = f"{self.what} is one name, or one name with its arguments"
        raise Fault("wrong-type", message, self._example())

    def _part(self, name: str, value: Any, place: Path) -> Part:
        if name not in self.words:
            help = nearest(name, self.words) or listed(self.words)
            message = f"unknown {self.what} '{name}'"
            raise Fault(f"unknown-{self.what}", message, help, place, key=True)
        model = self.model(name)
        places: dict[str, Path] = {}
        try:
            given, places = arguments(value, list(model.model_fields), name)
            section = model.model_validate(given)
            self.words[name](**section.model_dump())
            return Part(name, section.model_dump())
        except ValidationError as error:
            found = list(faults(error, model, name))
        except Fault as fault:
            found = [fault]
        for one in found:
            first = str(one.at[0]) if one.at else ""
            one.at = (*places.get(first, one.at[:1]), *one.at[1:])
        raise located(found, place)

    def _example(self) -> str:
        name = next(iter(self.words))
        key = next(iter(self.model(name).model_fields))
        return f"write {name} or {{{name}: {{{key}: …}}}}"

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(Part.written)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        models = {name: self.model(name) for name in self.words}
        bare = [
            name
            for name, model in models.items()
            if not any(field.is_required() for field in model.model_fields.values())
        ]
        choices: list[dict[str, Any]] = [{"enum": bare}] if bare else []
        for name, model in models.items():
            model.model_rebuild()
            mapping = handler.resolve_ref_schema(handler(model.__pydantic_core_schema__))
            values = list(mapping.get("properties", {}).values())
            forms = [mapping]
            if values:
                forms += [{"type": "array", "prefixItems": values, "items": False}, values[0]]
            choices.append(
                {
                    "type": "object",
                    "properties": {name: {"description": mapping["description"], "anyOf": forms}},
                    "required": [name],
                    "additionalProperties": False,
                }
            )
        return {"anyOf": choices}
