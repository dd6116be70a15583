"""Torch's names with their keyword arguments, as data.

A word is a function with torch's own signature. Its annotations are the schema, its docstring is
the documentation, and its body raises Fault for values that do not go together. Whatever else is
to be known of it are its traits, a NamedTuple without defaults that stands above the function: no
other place asks for a word by its name. A pydantic model is made of a word when it is first used,
since making all of them costs more than a whole check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Generic, NamedTuple, TypeVar, get_type_hints

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
Traits = TypeVar("Traits")

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
UnitInterval = Annotated[float, Field(ge=0, le=1)]
WholeNumber = Annotated[int, Field(ge=1, le=10**9)]
Pair = Annotated[tuple[float, float], Strict(False)]
"""YAML has lists only, and a strict tuple takes none; the numbers inside stay strict."""


class Choice(NamedTuple, Generic[Traits]):
    """One of torch's names, every argument it is called with, and what is known of it."""

    name: str
    arguments: dict[str, Any]
    traits: Traits


class Vocabulary(Generic[Traits]):
    """Reads `Name`, `{Name: {keyword: value}}`, `{Name: [value, …]}` and `{Name: value}`."""

    def __init__(self, what: str, others: Mapping[str, str] | None = None) -> None:
        """`others` are words that are looked for here, and the key that takes them."""
        self.what, self._others = what, others or {}
        self.words: dict[str, Word] = {}
        self.traits: dict[str, Traits] = {}
        self._models: dict[str, type[Section]] = {}

    def word(self, traits: Traits) -> Callable[[Word], Word]:
        """Take a function in as a word, with what is to be known of it."""

        def take(word: Word) -> Word:
            self.words[word.__name__], self.traits[word.__name__] = word, traits
            return word

        return take

    def model(self, name: str) -> type[Section]:
        """The arguments of a word as a pydantic model."""
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

    def read(self, written: Any) -> Choice[Traits]:
        """The word that is written, with all its arguments; ValidationError where none is."""
        if isinstance(written, Choice):
            return written
        try:
            return self._read(written)
        except Fault as fault:
            raise located([fault]) from None

    def written(self, choice: Choice[Traits]) -> Any:
        """As a spec may have it."""
        return {choice.name: choice.arguments}

    def _read(self, written: Any) -> Choice[Traits]:
        if isinstance(written, str):
            return self._choice(written, None, ())
        if isinstance(written, dict) and len(written) == 1:
            ((name, value),) = written.items()
            return self._choice(name, value, (name,))
        message = f"{self.what} is one name, or one name with its arguments"
        raise Fault("wrong-type", message, self._example())

    def _choice(self, name: str, value: Any, place: Path) -> Choice[Traits]:
        if name not in self.words:
            raise self._unknown(name, place, key=True)
        model = self.model(name)
        places: dict[str, Path] = {}
        try:
            given, places = arguments(value, list(model.model_fields), name)
            section = model.model_validate(given)
            self.words[name](**section.model_dump())
            return Choice(name, section.model_dump(), self.traits[name])
        except ValidationError as error:
            found = list(faults(error, model, name, given))
        except Fault as fault:
            found = [fault]
        for one in found:
            first = str(one.at[0]) if one.at else ""
            one.at = (*places.get(first, one.at[:1]), *one.at[1:])
        raise located(found, place)

    def _unknown(self, name: str, place: Path = (), key: bool = False) -> Fault:
        help = nearest(name, self.words) or listed(self.words)
        if name in self._others:
            help = f"{self._others[name]}: [{name}] takes it"
        code = f"unknown-{self.what.replace(' ', '')}"
        return Fault(code, f"unknown {self.what} '{name}'", help, place, key=key)

    def _example(self) -> str:
        name = next(iter(self.words))
        key = next(iter(self.model(name).model_fields))
        return f"write {name} or {{{name}: {{{key}: …}}}}"

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(self.written),
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


class Names(Vocabulary[Traits]):
    """Words that take no arguments, so that nothing but a name is read."""

    def _read(self, written: Any) -> Choice[Traits]:
        if not isinstance(written, str) or written not in self.words:
            raise self._unknown(str(written))
        return Choice(written, {}, self.traits[written])

    def written(self, choice: Choice[Traits]) -> Any:
        return choice.name

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"enum": [*self.words], "type": "string"}
