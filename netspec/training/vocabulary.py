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

from netspec.diagnostic import Fault, Path, nearest
from netspec.training.section import Section, at, below, known

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


class _Arguments(Section):
    @classmethod
    def title(cls) -> str:
        return cls.__name__


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
                name, __base__=_Arguments, __doc__=word.__doc__, __module__=__name__, **fields
            )
        return self._models[name]

    def read(self, written: Any) -> Part:
        if isinstance(written, Part):
            return written
        place: Path = ()
        if isinstance(written, str):
            name, value = written, None
        elif isinstance(written, dict) and len(written) == 1:
            ((name, value),) = written.items()
            place = (name,)
        else:
            message = f"{self.what} is one name, or one name with its arguments"
            raise at((), Fault("wrong-type", message, self._example()), written)
        if name not in self.words:
            message = f"unknown {self.what} '{name}'"
            hint = nearest(str(name), self.words) or known(self.words)
            raise at(place, Fault(f"unknown-{self.what}", message, hint), written)
        return self._part(name, value, place)

    def _part(self, name: str, value: Any, place: Path) -> Part:
        model = self.model(name)
        keys = list(model.model_fields)
        if isinstance(value, dict):
            arguments, moved = value, dict[Any, Path]()
        else:
            values = [] if value is None else value if isinstance(value, list) else [value]
            if len(values) > len(keys):
                message = f"{name} takes at most {len(keys)} arguments, here are {len(values)}"
                raise at((*place, len(keys)), Fault("too-many-arguments", message), value)
            arguments = dict(zip(keys, values, strict=False))
            moved = {(k,): (i,) if isinstance(value, list) else () for i, k in enumerate(keys)}
        try:
            section = model.model_validate(arguments)
            self.words[name](**section.model_dump())
        except ValidationError as error:
            raise below(place, error, moved) from None
        except Fault as fault:
            where = (*moved.get(fault.at[:1], fault.at[:1]), *fault.at[1:])
            raise at((*place, *where), fault, value) from None
        return Part(name, section.model_dump())

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
