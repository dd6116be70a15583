"""The JSON Schema of specs, as an editor uses it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command import netspec

from netspec import compiler, layers, source
from netspec.language.entry import BESIDE
from netspec.language.spec import Spec
from netspec.language.training import AUGMENTATIONS, OPTIMIZERS, SCHEDULERS
from netspec.layers.base import Composite, Layer
from netspec.layers.graph import GraphNode
from netspec.pages.schema import schema, text

HOME = Path(__file__).parents[2]
SPECS = sorted([*HOME.glob("specs/*.yaml"), *HOME.glob("examples/*.yaml")])
SPECS += sorted((HOME / "netspec" / "templates").glob("*.yaml"))
SCHEMA = json.loads(text())
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)

TRAIN = "{data: {dataset: MNIST}, batch_size: 8, epochs: 2, optimizer: Adam}"


def spec(layer: str = "ReLU", more: str = "") -> Any:
    return source.parse(f"input: [3, 8, 8]\nlayers:\n  - {layer}\n{more}", "a.yaml").data


def resolve(section: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in section:
        section = SCHEMA["$defs"][section["$ref"].removeprefix("#/$defs/")]
    return section


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert schema() == SCHEMA


def test_every_reference_leads_somewhere() -> None:
    def references(section: Any) -> Iterator[str]:
        if isinstance(section, dict):
            if "$ref" in section:
                yield section["$ref"]
            section = list(section.values())
        if isinstance(section, list):
            for one in section:
                yield from references(one)

    used = {one.removeprefix("#/$defs/") for one in references(SCHEMA)}
    assert used == SCHEMA["$defs"].keys()


def test_nothing_stands_beside_a_reference() -> None:
    """In draft 7 it would not be read."""

    def beside(section: Any) -> Iterator[Any]:
        if isinstance(section, dict):
            if isinstance(section.get("$ref"), str) and len(section) > 1:
                yield section
            section = list(section.values())
        if isinstance(section, list):
            for one in section:
                yield from beside(one)

    assert list(beside(SCHEMA)) == []


def test_it_is_small_enough_to_be_kept_beside_specs() -> None:
    assert len(text().encode()) < 160_000


def test_the_file_beside_the_specs_is_the_one_the_command_prints(
    request: pytest.FixtureRequest,
) -> None:
    file = HOME / "specs" / "netspec.schema.json"
    printed = netspec("schema").out
    if request.config.getoption("--golden"):
        file.write_text(printed, encoding="utf-8", newline="\n")
    assert file.read_text(encoding="utf-8") == printed == text()


@pytest.mark.parametrize(
    ("bound", "written"), [(0.0, "0"), (1, "1"), (0.5, "0.5"), (3e38, "3e+38")]
)
def test_a_bound_is_written_alike_whatever_pydantic_makes_of_it(
    bound: float, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Spec.model_json_schema(ref_template="#/$defs/{model}")
    told["properties"]["name"]["minimum"] = bound
    monkeypatch.setattr(Spec, "model_json_schema", lambda **given: told)
    assert f'"minimum": {written}}}' in text().partition('"name": ')[2].partition("\n")[0]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_spec_of_the_project_is_valid(path: Path) -> None:
    VALIDATOR.validate(source.load(path).data)


def test_every_layer_and_keyword_has_help_text() -> None:
    entry = SCHEMA["$defs"]["entry"]["anyOf"][-1]["properties"]
    assert entry.keys() == {*layers.KINDS, *BESIDE}
    for kind in layers.KINDS:
        told = resolve(entry[kind])
        assert told["description"], kind
        model = layers.find(kind)
        assert model is not None
        told = resolve(told["anyOf"][0])
        form, fields = resolve(told["anyOf"][0]), model.model_fields
        if issubclass(model, Composite) and model.mapped:
            form, fields = form["additionalProperties"]["anyOf"][1], GraphNode.model_fields
        keywords = form["properties"]
        assert [*keywords] == [field.alias or name for name, field in fields.items()]
        for name, keyword in keywords.items():
            assert resolve(keyword).get("description"), f"{kind} {name}"


def test_every_name_of_training_is_known() -> None:
    written = json.dumps(SCHEMA)
    for vocabulary in AUGMENTATIONS, OPTIMIZERS, SCHEDULERS:
        for name in vocabulary.words:
            assert f'"{name}"' in written


def sections(section: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(section, dict):
        for key, value in section.get("properties", {}).items():
            yield f"{name}.{key}", value
        for key, value in section.items():
            yield from sections(value, f"{name}.{key}" if key != "properties" else name)
    elif isinstance(section, list):
        for one in section:
            yield from sections(one, name)


def test_every_key_of_the_document_has_help_text() -> None:
    mute = [name for name, section in sections(SCHEMA) if not resolve(section).get("description")]
    assert [name for name in mute if not name.endswith(".expect")] == []


VALID: dict[str, Any] = {
    "a name": spec("ReLU"),
    "no arguments": spec("{ReLU: }"),
    "keywords": spec("{Conv2d: {out_channels: 8, kernel_size: [3, 1], padding: same}}"),
    "positions": spec("{Conv2d: [8, 3, 1, same]}"),
    "the first argument alone": spec("{MaxPool2d: 2}"),
    "a variable": spec("{Linear: $width}", "vars: {width: 4}"),
    "an expression": spec("{Conv2d: {out_channels: $(2 * w), kernel_size: [$k, 3]}}"),
    "keys beside": spec(
        "{ReLU: , name: act, repeat: 2, expect: {output: [3, 8, 8]}, ignore: [gridding]}"
    ),
    "a variable number of copies": spec("{ReLU: , repeat: $n}"),
    "a block alone": spec("unit"),
    "a block with arguments": spec("{unit: {width: 4}, name: first}"),
    "a composite's list": spec("{Sequential: [ReLU, {Conv2d: [4, 3]}]}"),
    "a composite's keywords": spec("{Residual: {body: [ReLU], shortcut: []}}"),
    "branches": spec("{Concat: [[ReLU], [{Residual: [ReLU]}], []]}"),
    "an expected field per axis": spec("{ReLU: , expect: {receptive_field: [1, 1], jump: 0.5}}"),
    "blocks": spec(more="blocks: {unit: {args: {a: , b: 1}, layers: [ReLU]}}"),
    "budgets as people write them": spec(more="audit: {max_params: 1.1M, ignore: [gridding]}"),
    "training": spec(more=f"train: {TRAIN}"),
    "training by variables": spec(more=f"train: {TRAIN.replace('2', '$n')}"),
    "an optimizer's argument": spec(more=f"train: {TRAIN.replace('Adam', '{Adam: {lr: $lr}}')}"),
    "a list of betas": spec(more=f"train: {TRAIN.replace('Adam', '{Adam: {betas: [0.9, 0.99]}}')}"),
}


@pytest.mark.parametrize("case", VALID)
def test_it_takes(case: str) -> None:
    VALIDATOR.validate(VALID[case])


BROKEN: dict[str, Any] = {
    "a layer torch does not have": spec("Conv2D"),
    "that layer with arguments": spec("{Conv2D: [8, 3]}"),
    "an unknown keyword": spec("{Conv2d: {out_channels: 8, kernel_size: 3, dialation: 2}}"),
    "an inferred keyword": spec("{Conv2d: {in_channels: 3, out_channels: 8, kernel_size: 3}}"),
    "a missing keyword": spec("{Conv2d: {out_channels: 8}}"),
    "a missing position": spec("{Conv2d: [8]}"),
    "one position where two are needed": spec("{Conv2d: 8}"),
    "no argument where one is needed": spec("{Linear: }"),
    "too many positions": spec("{MaxPool2d: [2, 2, 0, 1, false, false, 7]}"),
    "text for a number": spec("{Linear: ten}"),
    "a number that is too small": spec("{Conv2d: {out_channels: 8, kernel_size: 0}}"),
    "an unknown word": spec("{Conv2d: {out_channels: 8, kernel_size: 3, padding_mode: mirror}}"),
    "an unknown layer inside": spec("{Sequential: [ReLU, {Residual: [Reluu: 1, Relu]}]}"),
    "an unknown key beside": spec("{ReLU: , Name: act}"),
    "an unknown expectation": spec("{ReLU: , expect: {parameters: 3}}"),
    "copies by half": spec("{ReLU: , repeat: 1.5}"),
    "a list for a layer": spec("[ReLU]"),
    "an unknown section": spec(more="audits: {}"),
    "an unknown budget": spec(more="audit: {max_parameters: 3}"),
    "a budget without a number": spec(more="audit: {max_params: many}"),
    "no such severity": spec(more="audit: {levels: {x: fatal}}"),
    "an unknown data set": spec(more=f"train: {TRAIN.replace('MNIST', 'MINST')}"),
    "an unknown optimizer": spec(more=f"train: {TRAIN.replace('Adam', 'Adma')}"),
    "an unknown argument": spec(more=f"train: {TRAIN.replace('Adam', '{Adam: {rate: 1}}')}"),
    "no epochs": spec(more=f"train: {TRAIN.replace('epochs: 2', 'epochs: 0')}"),
    "three betas": spec(more=f"train: {TRAIN.replace('Adam', '{Adam: {betas: [1, 1, 1]}}')}"),
    "a block with a capital": spec(more="blocks: {Unit: {layers: [ReLU]}}"),
    "a block without layers": spec(more="blocks: {unit: {args: {a: 1}}}"),
    "no input": {"layers": ["ReLU"]},
    "no layers": {"input": [3]},
    "an empty axis": {"input": [0, 3], "layers": ["ReLU"]},
}


@pytest.mark.parametrize("case", BROKEN)
def test_it_flags(case: str) -> None:
    assert not VALIDATOR.is_valid(BROKEN[case])


@pytest.mark.parametrize("kind", layers.KINDS)
def test_an_unknown_keyword_of_any_layer_is_flagged(kind: str) -> None:
    model: Callable[..., Layer] | None = layers.find(kind)
    assert model is not None
    assert not VALIDATOR.is_valid(spec(f"{{{kind}: {{no_such_keyword: 1}}}}"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_compiler_reads_what_the_schema_takes(path: Path) -> None:
    assert compiler.compile(path)
