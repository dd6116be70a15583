"""The layer and the arguments that are meant by what is written as elsewhere.

What is proposed is tried on the layer's own model before it is said. Only read after a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from netspec import layers
from netspec.diagnostic import Fault
from netspec.language import words as keys
from netspec.language.calls import Call, call, repaired
from netspec.language.entry import arguments
from netspec.language.expression import resolve
from netspec.language.meant import typed
from netspec.language.unknown_key import INFERRED
from netspec.language.written import entry_text
from netspec.layers import words
from netspec.layers.base import Composite, Layer, Leaf

Scope = Mapping[str, Any]


def of_arguments(kind: str, value: Any, scope: Scope) -> str | None:
    """What to write where the arguments of a layer, as a whole, are meant in another way."""
    model = layers.find(kind)
    if model is None:
        return None
    form = next((form for form in _wholes(model, value) if takes(model, kind, form, scope)), value)
    return None if form == value else f"write {entry_text(item(kind, form))}"


def of_layer(word: str, value: Any, known: list[str], rank: int) -> str | None:
    """What to write for a layer that is called as elsewhere; None where nobody can tell.

    `known` are the names that there are, `rank` the spatial axes where a name tells none.
    """
    name, colon, rest = word.partition(":")
    if colon and name.strip() in known:
        return f"YAML wants a space after the colon: {name.strip()}: {rest.strip()}".rstrip(": ")
    if found := typed({word: value}):
        return f"write {entry_text(entry(*found, known, rank))}"
    said = call(word) if value is None else None
    if said:
        return f"write {entry_text(_called(said, known, rank))}"
    if keys.bare(word) in ("activation", "nonlinearity", "act") and isinstance(value, str):
        word, value = value, None
    if constant := words.of_number(word, value):
        return f"write {constant}"
    meant = words.layer(word, rank, known)
    if meant is None:
        return None
    whole = entry(word, value, known, rank)
    if keys.bare(meant) == keys.bare(word) and "." not in word and whole in (
        meant, item(meant, value)
    ):  # fmt: skip
        return f"did you mean {meant}?"
    return f"write {entry_text(whole)}{_and_then(value, known)}"


def entry(word: str, value: Any, known: list[str], rank: int) -> Any:
    """The entry of a layer by any name, with its arguments by any names."""
    if isinstance(value, dict) and (said := call(word)):
        word = said.name
    kind = words.layer(word, rank, known) or word.rpartition(".")[2]
    model = layers.find(kind)
    if model is None or value is None:
        return kind
    named = _renamed(model, value)
    if takes(model, kind, named, {}):
        return item(kind, named)
    # What is wrong with the arguments is told when the layer has its name.
    return item(kind, named) if isinstance(named, dict) and len(named) <= 4 else kind


def item(kind: str, value: Any) -> Any:
    """An entry as it is written."""
    return kind if value in (None, [], {}) and value is not False else {kind: value}


def takes(model: type[Layer], kind: str, value: Any, scope: Scope) -> bool:
    """Whether a layer can have these arguments."""
    try:
        given, _ = arguments(value, list(model.model_fields), kind, model.whole)
        model.parse(kind, given if issubclass(model, Composite) else resolve(given, scope))
    except (ValidationError, Fault):
        return False
    return True


def _called(said: Call, known: list[str], rank: int) -> Any:
    """The entry of a call such as `nn.Conv2d(1, 8, kernel_size=3)`."""
    kind = words.layer(said.name, rank, known) or said.name.rpartition(".")[2]
    model = layers.find(kind)
    said.values = [
        _called(one, known, rank) if isinstance(one, Call) else one for one in said.values
    ]
    if model is None or issubclass(model, Composite):
        return item(kind, said.values if model else said.written(()))
    said.named = {name: one for name, one in said.named.items() if name not in INFERRED}
    names = list(model.model_fields)
    for place in (0, 1):
        form = said.written(names, place)
        if place < len(said.values) and place == _inferred_at(model, kind, form):
            return item(kind, form)
    return item(kind, said.written(names))


def _inferred_at(model: type[Layer], kind: str, form: Any) -> int | None:
    """The place in torch's order of the argument that is inferred; None where there is none."""
    if not takes(model, kind, form, {}):
        return None
    given, _ = arguments(form, list(model.model_fields), kind)
    layer = model.parse(kind, given)
    names = set(layer.inferred((8, 8, 8, 8))) if isinstance(layer, Leaf) else set()
    names -= model.model_fields.keys()
    return (1 if "num_channels" in names else 0) if names else None


def _renamed(model: type[Layer], value: Any) -> Any:
    """Arguments by netspec's names, without what is inferred or a layer of its own."""
    value = value if (together := repaired(value)) is None else together
    if not isinstance(value, dict):
        return value
    names = list(model.model_fields)
    renamed = {keys.argument(name, names) or name: one for name, one in value.items()}
    return {
        name: one for name, one in renamed.items()
        if name in names or (name not in INFERRED and not keys.of_no_argument(name))
    }  # fmt: skip


def _and_then(value: Any, known: list[str]) -> str:
    """The activation among a layer's arguments, as the entry that follows."""
    function = value.get("activation") if isinstance(value, dict) else None
    kind = words.layer(function, 0, known) if isinstance(function, str) else None
    return f", and {kind} behind it" if kind else ""


def _wholes(model: type[Layer], value: Any) -> Iterator[Any]:
    """Readings of everything behind a layer's name."""
    if (together := repaired(value)) is not None:
        yield together
    if isinstance(value, str) and (said := call(value, bare=True)):
        yield said.written(list(model.model_fields))
    if issubclass(model, Composite):
        if isinstance(value, dict):
            if not value or value.keys() & model.model_fields.keys():
                return
            yield [item(key, one) for key, one in value.items()]
            yield [[item(key, one)] for key, one in value.items()]
        elif isinstance(value, list):
            yield [one if isinstance(one, list) else [one] for one in value]
        elif value is not None:
            yield from ([value], [[value]])
    if isinstance(value, list):
        yield [value]
