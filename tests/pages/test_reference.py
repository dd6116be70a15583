"""The reference is complete: every layer, code, key and word has its page."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest
import torch
import torchvision.transforms.v2
from command import netspec

from netspec import layers
from netspec.language.entry import BESIDE
from netspec.language.section import Section
from netspec.pages import codes, keys, words
from netspec.pages import layers as kinds
from netspec.pages.arguments import type_text
from netspec.pages.reference import files

FILES = files()
OLD = {"min_value", "max_value"}
"""Arguments that torch itself warns of."""


@pytest.mark.parametrize("kind", layers.KINDS)
def test_page_of_a_layer_has_every_argument_of_torch_and_its_link(kind: str) -> None:
    page = kinds.page(kind)
    told = {one.name for one in page.arguments}
    told |= {name for names, _ in page.refused for name in names.split(" and ")}
    assert all(one.meaning and one.type for one in page.arguments)
    assert page.summary.endswith(".")
    assert "```yaml\n" in page.markdown
    model = layers.find(kind)
    assert model
    if page.link:
        package = torch.nn if model.module == "torch.nn" else torchvision.ops
        assert page.link.endswith(f"/{package.__name__}.{kind}.html")
        signature = inspect.signature(getattr(package, kind)).parameters
        theirs = signature.keys() - {"args", "kwargs"} - OLD
        assert told >= theirs
        assert not {name for name, _ in page.refused} & set(model.model_fields)
    else:
        assert not model.module.startswith("torch")


@pytest.mark.parametrize("chapter", words.CHAPTERS, ids=lambda chapter: chapter.title)
def test_every_word_has_its_arguments_and_a_link_that_is_torchs(chapter: words.Chapter) -> None:
    found = words.pages(chapter)
    assert [one.name for one in found] == list(chapter.words.words)
    for one in found:
        assert one.doc
        assert all(argument.meaning for argument in one.arguments), one
        home: object = torch
        for part in chapter.module.split(".")[1:]:
            home = getattr(torchvision if part == "transforms" else home, part)
        assert bool(one.link) == bool(chapter.module)
        assert not one.link or hasattr(home, one.name)


def test_every_key_of_a_spec_is_on_its_page() -> None:
    def below(section: type[Section]) -> set[type[Section]]:
        return {section, *(one for sub in section.__subclasses__() for one in below(sub))}

    vocabularies = {
        chapter.words.model(name) for chapter in words.CHAPTERS for name in chapter.words.words
    }
    told = [{one.name for one in found} for _, found in keys.sections().values()]
    for model in below(Section) - vocabularies - {Section}:
        names = {field.alias or name for name, field in model.model_fields.items()}
        graph = model.__module__.startswith("netspec.layers")
        assert graph or names in told, model
    assert set(BESIDE) in told
    assert all(one.meaning for _, found in keys.sections().values() for one in found)


def test_the_folder_has_a_file_for_each_and_links_that_lead_somewhere() -> None:
    names = {f"layers/{kind}.md" for kind in layers.KINDS}
    names |= {f"codes/{code}.md" for code in codes.codes()} | {"keys.md", "refused.md", "README.md"}
    names |= {f"{one.title.lower().replace(' ', '-')}.md" for one in words.CHAPTERS}
    assert set(FILES) == names
    linked = set(re.findall(r"\]\(([\w/.-]+)\)", FILES["README.md"]))
    assert linked == names - {"README.md"}
    assert all(f"`{kind}`" in FILES["refused.md"] for kind in layers.REFUSED)
    assert all(text.startswith("# ") and text.endswith("\n") for text in FILES.values())


def test_rows_of_tables_have_the_cells_of_their_heads() -> None:
    for name, text in FILES.items():
        for table in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
            lines = table.strip().splitlines()
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in lines}
            assert len(cells) == 1, name


TYPES = {
    "integer ≥ 1 or a list of them": {
        "anyOf": [{"type": "integer", "minimum": 1},
                  {"type": "array", "items": {"type": "integer", "minimum": 1}}],
    },
    "same, valid or number > 0, < 2": {
        "anyOf": [{"enum": ["same", "valid"]},
                  {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 2}],
    },
    "text": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
    "list of 2: number": {"type": "array", "prefixItems": [{"type": "number"}] * 2},
}  # fmt: skip


@pytest.mark.parametrize("words", TYPES)
def test_types_are_told_in_words(words: str) -> None:
    assert type_text(TYPES[words], {}) == words


def test_the_folder_is_written_and_written_again_only_where_it_differs(tmp_path: Path) -> None:
    done = netspec("pages", str(tmp_path / "to" / "reference"))
    assert done.code == 0
    assert f"{len(FILES)} pages in " in done.out
    home = tmp_path / "to" / "reference"
    found = {f.relative_to(home).as_posix(): f for f in home.rglob("*") if f.is_file()}
    assert {name: file.read_text("utf-8") for name, file in found.items()} == FILES
    found["keys.md"].write_text("mine")
    before = {name: file.stat().st_mtime_ns for name, file in found.items()}
    assert netspec("pages", str(home)).code == 0
    changed = [name for name, file in found.items() if file.stat().st_mtime_ns != before[name]]
    assert changed == ["keys.md"]


def test_a_folder_that_cannot_be_made_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = netspec("pages", str(tmp_path / "file"))
    assert done.code == 2
    assert "cannot make" in done.err


def test_commands_print_pages_as_text_and_as_json() -> None:
    assert "not written:\n  in_channels: inferred" in netspec("layer", "Conv2d").out
    assert netspec("layer", "Conv2d", "--format", "markdown").out == FILES["layers/Conv2d.md"]
    told = json.loads(netspec("layer", "Conv2d", "--format", "json").out)
    every = json.loads(netspec("layers", "--format", "json").out)
    assert told["schema"] == every["schema"] == 1
    assert told["layer"] in every["layers"]
    assert told["layer"]["example"].startswith("- Conv2d: {")
    assert {one["kind"] for one in every["layers"]} == set(layers.KINDS)
    assert netspec("layers").out.count("\n") == len(layers.KINDS)
    rules = json.loads(netspec("rules", "--format", "json").out)["rules"]
    assert json.loads(netspec("rule", "gridding", "--format", "json").out)["rule"] in rules
    assert "\nBad:\n" in rules[0]["doc"]


NEAR = {
    "conv2d": "did you mean Conv2d?",
    "nn.Dense": "did you mean Linear?",
    "Dropuot": "did you mean Dropout?",
    "LSTM": "netspec layers lists those that a spec can have",
    "xyzzy": "netspec layers lists them",
}


@pytest.mark.parametrize("name", NEAR)
def test_a_name_that_is_none_gets_a_hint(name: str) -> None:
    done = netspec("layer", name)
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith(f"help: {NEAR[name]}\n")
