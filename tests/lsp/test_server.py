"""The language server over its real protocol, as an editor speaks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from editor import Editor
from pygls.exceptions import JsonRpcException

types = pytest.importorskip("lsprotocol.types")

ROOT = Path(__file__).parents[2]
SPEC = """\
input: [1, 8, 8]
vars: {width: 4}
blocks:
  unit:
    args: {n: }
    layers:
      - Conv2d: [$n, 3]
      - BatchNorm2d
layers:
  - unit: $width
  - unit: 6
  - Flatten
  - Linear: 10
audit: {ignore: [no-nonlinearity]}
"""
WHOLE = types.Range(types.Position(0, 0), types.Position(9999, 0))


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    editor = Editor()
    yield editor
    assert editor.leave() == 0


def hints(editor: Editor, uri: str, within: Any = WHOLE) -> dict[int, str]:
    item = types.TextDocumentIdentifier(uri)
    found = editor.ask(types.TEXT_DOCUMENT_INLAY_HINT, types.InlayHintParams(item, within))
    return {hint.position.line + 1: hint.label for hint in found}


def ranges(found: Any) -> list[tuple[int, int, int]]:
    """Line and columns of ranges on one line each, counted from 1."""
    each = [getattr(one, "range", one) for one in found]
    return [(one.start.line + 1, one.start.character + 1, one.end.character + 1) for one in each]


def test_findings_come_with_page_uses_and_severity(editor: Editor) -> None:
    (found,) = editor.found(editor.open(SPEC))
    assert (found.code, found.source, found.severity) == (
        "bias-before-norm", "netspec", types.DiagnosticSeverity.Warning
    )  # fmt: skip
    assert ranges([found]) == [(7, 9, 15)]
    assert "cancels this bias" in found.message
    assert "\nhelp: " in found.message
    page = found.code_description.href
    assert page.startswith("file://")
    assert Path(page.removeprefix("file://")).is_file()
    (use,) = found.related_information
    assert use.message == "block unit is used here"
    assert ranges([use.location]) == [(10, 5, 9)]


def test_what_is_unnecessary_is_faded_as_a_whole(editor: Editor) -> None:
    text = SPEC.replace("vars: {width: 4}", "vars: {width: 4, depth: 1}").replace(
        "layers:\n  - unit", "  other:\n    layers:\n      - ReLU\nlayers:\n  - unit"
    )
    found = {one.code: one for one in editor.found(editor.open(text))}
    assert found["unused-variable"].tags == (types.DiagnosticTag.Unnecessary,)
    assert ranges([found["unused-variable"]]) == [(2, 18, 26)]
    block = found["unused-block"].range
    assert (block.start.line, block.end.line) == (8, 10)
    assert found["bias-before-norm"].tags is None


def test_hints_stand_at_the_ends_of_lines(editor: Editor) -> None:
    uri = editor.open(SPEC)
    assert hints(editor, uri) == {
        7: "→ 4×6×6  40 p  field 3  first of 2",
        8: "→ 4×6×6  8 p  field 3  first of 2",
        9: "→ 10  1,252 p",
        10: "→ 4×6×6  48 p  field 3",
        11: "→ 6×4×4  234 p  field 5",
        12: "→ 96",
        13: "→ 10  970 p",
    }
    some = types.Range(types.Position(9, 0), types.Position(10, 3))
    assert set(hints(editor, uri, some)) == {10, 11}


def test_a_hover_is_markdown(editor: Editor) -> None:
    uri = editor.open(SPEC)
    found = editor.ask(types.TEXT_DOCUMENT_HOVER, editor.at(types.HoverParams, uri, 7, 10))
    assert found.contents.kind == types.MarkupKind.Markdown
    assert "(8 − 3) / 1 + 1 = 6" in found.contents.value
    assert ranges([found]) == [(7, 9, 15)]
    assert editor.ask(types.TEXT_DOCUMENT_HOVER, editor.at(types.HoverParams, uri, 1, 10)) is None


def test_definition_references_and_highlights(editor: Editor) -> None:
    uri = editor.open(SPEC)
    at = editor.at(types.DefinitionParams, uri, 11, 6)
    assert ranges(editor.ask(types.TEXT_DOCUMENT_DEFINITION, at)) == [(4, 3, 7)]
    context = types.ReferenceContext(include_declaration=False)
    at = editor.at(types.ReferenceParams, uri, 4, 4, context=context)
    assert ranges(editor.ask(types.TEXT_DOCUMENT_REFERENCES, at)) == [(10, 5, 9), (11, 5, 9)]
    at = editor.at(types.DocumentHighlightParams, uri, 2, 8)
    found = editor.ask(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, at)
    assert ranges(found) == [(2, 8, 13), (10, 12, 17)]
    assert [one.kind.name for one in found] == ["Write", "Read"]


def test_a_name_is_changed_everywhere(editor: Editor) -> None:
    uri = editor.open(SPEC)
    at = editor.at(types.PrepareRenameParams, uri, 7, 19)
    assert ranges([editor.ask(types.TEXT_DOCUMENT_PREPARE_RENAME, at)]) == [(7, 19, 20)]
    at = editor.at(types.RenameParams, uri, 7, 19, new_name="channels")
    edit = editor.ask(types.TEXT_DOCUMENT_RENAME, at)
    assert ranges(edit.changes[uri]) == [(5, 12, 13), (7, 19, 20)]
    assert {one.new_text for one in edit.changes[uri]} == {"channels"}


@pytest.mark.parametrize(
    ("line", "column", "new", "message"),
    [
        (4, 4, "Unit", "'Unit' is no name of a block; a small letter"),
        (7, 19, "width", "'width' is a variable already"),
        (8, 10, "other", "only blocks, arguments, vars and nodes can be renamed"),
    ],
)
def test_a_name_that_would_not_do_is_refused(
    editor: Editor, line: int, column: int, new: str, message: str
) -> None:
    uri = editor.open(SPEC)
    at = editor.at(types.RenameParams, uri, line, column, new_name=new)
    with pytest.raises(JsonRpcException, match=message):
        editor.ask(types.TEXT_DOCUMENT_RENAME, at)


def test_the_outline_and_what_folds(editor: Editor) -> None:
    uri = editor.open(SPEC)
    item = types.TextDocumentIdentifier(uri)
    found = editor.ask(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, types.DocumentSymbolParams(item))
    assert [one.name for one in found] == ["input", "vars", "blocks", "layers", "audit"]
    assert [(one.name, one.detail) for one in found[3].children] == [
        ("unit", "→ 4×6×6"), ("unit", "→ 6×4×4"), ("Flatten", "→ 96"), ("Linear", "→ 10"),
    ]  # fmt: skip
    folds = editor.ask(types.TEXT_DOCUMENT_FOLDING_RANGE, types.FoldingRangeParams(item))
    assert [(one.start_line, one.end_line) for one in folds] == [(2, 7), (3, 7), (5, 7), (8, 12)]


def completed(editor: Editor, uri: str, line: int, column: int) -> dict[str, Any]:
    at = editor.at(types.CompletionParams, uri, line, column)
    return {item.label: item for item in editor.ask(types.TEXT_DOCUMENT_COMPLETION, at)}


def test_names_are_completed_in_a_text_that_is_no_yaml_yet(editor: Editor) -> None:
    uri = editor.open(SPEC)
    editor.found(uri)
    text = SPEC.replace("Linear: 10", "Linear: {out_features: $w")
    editor.change(uri, text)
    item = completed(editor, uri, 13, 30)["$width"]
    assert item.text_edit.new_text == "$width"
    assert ranges([item.text_edit]) == [(13, 28, 30)]
    unit = completed(editor, uri, 12, 5)["unit"]
    assert unit.text_edit.new_text == "unit: {n: $1}"
    assert unit.insert_text_format == types.InsertTextFormat.Snippet


def test_layers_are_left_to_a_yaml_server_that_has_the_schema(editor: Editor) -> None:
    uri = editor.open(SPEC)
    assert {"unit", "Conv2d"} <= completed(editor, uri, 12, 5).keys()
    uri = editor.open("# yaml-language-server: $schema=netspec.schema.json\n" + SPEC)
    editor.found(uri)
    assert completed(editor, uri, 13, 5).keys() == {"unit"}


def actions(editor: Editor, uri: str, line: int, only: list[str] | None = None) -> list[Any]:
    at = types.Range(types.Position(line - 1, 9), types.Position(line - 1, 9))
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(uri), at, types.CodeActionContext([], only=only)
    )
    return list(editor.ask(types.TEXT_DOCUMENT_CODE_ACTION, params))


def test_a_finding_can_be_mended_or_ignored(editor: Editor) -> None:
    uri = editor.open(SPEC)
    mend, ignore = actions(editor, uri, 7)
    assert mend.diagnostics[0].code == ignore.diagnostics[0].code == "bias-before-norm"
    assert mend.edit.changes[uri]
    assert "ignore: [bias-before-norm]" in ignore.edit.changes[uri][0].new_text
    assert not actions(editor, uri, 1)


def test_every_safe_fix_is_one_action_of_the_source(editor: Editor) -> None:
    uri = editor.open(SPEC.replace("{width: 4}", "{width: 4, depth: 2}"))
    (every,) = actions(editor, uri, 1, ["source.fixAll"])
    (edit,) = every.edit.changes[uri]
    assert edit.new_text == ""
    assert ranges([edit]) == [(2, 16, 26)]
    assert not actions(editor, editor.open(SPEC), 1, ["source.fixAll"])


def test_broken_yaml_keeps_the_last_figures_and_says_so(editor: Editor) -> None:
    uri = editor.open(SPEC)
    before = hints(editor, uri)
    editor.change(uri, SPEC.replace("layers:\n  - unit", "new: [\nlayers:\n  - unit"))
    (found,) = editor.found(uri)
    assert found.code == "yaml-syntax"
    assert "figures beside the layers are those from before this" in found.message
    moved = {line + (line > 8): text for line, text in before.items()}
    assert hints(editor, uri) == moved
    at = editor.at(types.HoverParams, uri, 13, 6)
    assert "those from before line" in editor.ask(types.TEXT_DOCUMENT_HOVER, at).contents.value
    at = editor.at(types.RenameParams, uri, 4, 4, new_name="other")
    with pytest.raises(JsonRpcException, match="is no YAML: mend it before renaming"):
        editor.ask(types.TEXT_DOCUMENT_RENAME, at)
    editor.change(uri, SPEC)
    assert [one.code for one in editor.found(uri)] == ["bias-before-norm"]


def test_yaml_that_is_no_spec_is_left_alone(editor: Editor) -> None:
    uri = editor.open("on: push\njobs: [\n", "file:///a/ci.yaml")
    assert hints(editor, uri) == {}
    assert editor.ask(types.TEXT_DOCUMENT_HOVER, editor.at(types.HoverParams, uri, 1, 1)) is None
    assert uri not in editor.published
    assert editor.found(editor.open("nothing: 1\n", "file:///a/b.txt", "netspec"))


def test_columns_are_in_utf_16(editor: Editor) -> None:
    text = 'input: [4]\nvars: {a: "😀é", n: 2}\nlayers: [{Linear: $n}]\n'
    uri = editor.open(text)
    (found,) = editor.found(uri)
    assert (found.code, ranges([found])) == ("unused-variable", [(2, 8, 16)])
    at = editor.at(types.DefinitionParams, uri, 3, 20)
    assert ranges(editor.ask(types.TEXT_DOCUMENT_DEFINITION, at)) == [(2, 18, 19)]
    at = editor.at(types.ReferenceParams, uri, 2, 18, context=types.ReferenceContext(True))
    assert len(editor.ask(types.TEXT_DOCUMENT_REFERENCES, at)) == 2


def test_files_are_unsaved_in_several_folders_renamed_and_deleted(editor: Editor) -> None:
    uris = ["untitled:Untitled-1", "file:///a/one.yaml", "file:///b%20c/one.yaml"]
    for uri in uris:
        assert len(editor.found(editor.open(SPEC, uri))) == 1
    editor.change(uris[1], SPEC.replace("$n, 3]", "$n, 3, 1, 0, 1, 1, false]"))
    assert editor.found(uris[1]) == []
    assert len(editor.found(uris[2])) == 1
    # An editor renames a file by closing it and opening it under its new name.
    editor.close(uris[2])
    assert len(editor.found(editor.open(SPEC, "file:///b%20c/two.yaml"))) == 1
    assert editor.published[uris[2]].diagnostics in ([], ())
    assert hints(editor, uris[2]) == {}


def test_settings_say_what_is_shown(editor: Editor) -> None:
    def configured(given: Any) -> None:
        params = types.DidChangeConfigurationParams({"netspec": given})
        editor.tell(types.WORKSPACE_DID_CHANGE_CONFIGURATION, params)

    uri = editor.open(SPEC)
    editor.found(uri)
    try:
        configured({"hints": ["macs"], "completion": "names", "diagnostics": "error"})
        assert hints(editor, uri)[7] == "1,296 MAC  first of 2"
        assert completed(editor, uri, 12, 5).keys() == {"unit"}
        assert editor.published[uri].diagnostics in ([], ())
        configured({"hints": ["flops"], "color": 1, "completion": "some"})
        assert hints(editor, uri)[12] == "→ 96"
        assert [message for message in editor.messages if "netspec" in message] == [
            "netspec.hints: not 'flops'; known here: output, params, macs, receptive_field",
            "netspec has no setting color; known here: hints, completion, diagnostics",
            "netspec.completion: not 'some'; known here: auto, all, names",
        ]
    finally:
        configured({})


def test_the_editor_hears_when_hints_are_new(editor: Editor) -> None:
    before = editor.refreshed
    editor.found(editor.open(SPEC))
    assert editor.refreshed > before


def test_it_says_what_it_can_do_and_who_it_is(editor: Editor) -> None:
    told = editor.server
    assert told.server_info.name == "netspec"
    assert told.capabilities.text_document_sync.change == types.TextDocumentSyncKind.Full
    assert told.capabilities.rename_provider.prepare_provider is True
    assert told.capabilities.completion_provider.trigger_characters == ("$", "(")
