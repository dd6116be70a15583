"""What an editor offers to write."""

from __future__ import annotations

import re

from lsprotocol import types

from netspec.diagnostic import Span
from netspec.lsp.convert import Ruler
from netspec.lsp.server import Server, server
from netspec.pages import completion

_CHOICES: dict[completion.Sort, types.CompletionItemKind] = {
    "variable": types.CompletionItemKind.Variable,
    "block": types.CompletionItemKind.Function,
    "argument": types.CompletionItemKind.Property,
    "rule": types.CompletionItemKind.EnumMember,
    "node": types.CompletionItemKind.Reference,
    "layer": types.CompletionItemKind.Class,
    "keyword": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.Value,
}
_SCHEMA = re.compile(r"^#.*yaml-language-server:.*\$schema=", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\$(?:\d|\{\d:([^}]*)\})")


@server.feature(
    types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["$", "("])
)
async def _complete(ls: Server, params: types.CompletionParams) -> list[types.CompletionItem]:
    await ls.desk.ready(params.text_document.uri)
    document = ls.desk.open.get(params.text_document.uri)
    if document is None or not document.spec:
        return []
    reading = document.figures.reading if document.figures else None
    ruler = ls.ruler(document)
    line, column = ruler.place(params.position)
    wanted = ls.settings.completion
    everything = wanted == "all" or (wanted == "auto" and not _SCHEMA.search(document.text))
    found = completion.complete(document.lines, line, column, reading, everything=everything)
    items = [_item(ls, ruler, choice, line, column) for choice in found]
    for i, item in enumerate(items):  # in the order in which they are mostly meant
        item.sort_text = f"{i:03}"
    return items


def _item(
    ls: Server, ruler: Ruler, choice: completion.Choice, line: int, column: int
) -> types.CompletionItem:
    stretch = Span(line, column - choice.typed, line, column)
    text, form = choice.text, types.InsertTextFormat.PlainText
    if choice.sort in ("block", "layer") and _PLACEHOLDER.search(text):
        if ls.snippets:
            form = types.InsertTextFormat.Snippet
        else:
            text = _PLACEHOLDER.sub(lambda found: found[1] or "", text)
    about = types.MarkupContent(types.MarkupKind.Markdown, choice.about) if choice.about else None
    return types.CompletionItem(
        choice.label, kind=_CHOICES[choice.sort], detail=choice.detail or None,
        documentation=about, filter_text=choice.label, insert_text_format=form,
        text_edit=types.TextEdit(ruler.range(stretch), text),
    )  # fmt: skip
