"""Where names are given and used, and other names for them."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from netspec.diagnostic import Fault, Span
from netspec.lsp.documents import Document
from netspec.lsp.server import Server, server
from netspec.pages import places
from netspec.pages.places import Place

_At = (
    types.DefinitionParams
    | types.ReferenceParams
    | types.DocumentHighlightParams
    | types.PrepareRenameParams
    | types.RenameParams
)


async def _named(ls: Server, at: _At) -> tuple[Document, list[Place], Place] | None:
    """The name at a place, among those of the text as it is now."""
    document = await ls.desk.ready(at.text_document.uri, settled=True)
    if document is None or document.figures is None or document.broken:
        return None
    found = places.places(document.figures.reading)
    place = places.at(found, *ls.ruler(document).place(at.position))
    return (document, found, place) if place else None


def _locations(ls: Server, document: Document, spans: list[Span]) -> list[types.Location]:
    ruler = ls.ruler(document)
    return [types.Location(document.uri, ruler.range(span)) for span in spans]


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
async def _definition(ls: Server, params: types.DefinitionParams) -> list[types.Location]:
    if (named := await _named(ls, params)) is None:
        return []
    document, found, place = named
    span = places.definition(found, place.thing)
    return _locations(ls, document, [span] if span else [])


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
async def _references(ls: Server, params: types.ReferenceParams) -> list[types.Location]:
    if (named := await _named(ls, params)) is None:
        return []
    document, found, place = named
    spans = places.references(found, place.thing, params.context.include_declaration)
    return _locations(ls, document, spans)


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
async def _highlight(
    ls: Server, params: types.DocumentHighlightParams
) -> list[types.DocumentHighlight]:
    if (named := await _named(ls, params)) is None:
        return []
    document, found, place = named
    ruler = ls.ruler(document)
    return [
        types.DocumentHighlight(
            ruler.range(one.span),
            types.DocumentHighlightKind.Write if one.given else types.DocumentHighlightKind.Read,
        )
        for one in found
        if one.thing == place.thing
    ]


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
async def _prepare(ls: Server, params: types.PrepareRenameParams) -> types.Range | None:
    named = await _named(ls, params)
    if named is None or places.definition(named[1], named[2].thing) is None:
        return None
    return ls.ruler(named[0]).range(named[2].span)


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
async def _rename(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit:
    named = await _named(ls, params)
    if named is None or places.definition(named[1], named[2].thing) is None:
        open_file = ls.desk.open.get(params.text_document.uri)
        if open_file and open_file.broken and (span := open_file.broken.span):
            message = f"line {span.line} is no YAML: mend it before renaming"
            raise JsonRpcInvalidParams(message)
        raise JsonRpcInvalidParams("only blocks, arguments, vars and nodes can be renamed")
    document, found, place = named
    try:
        places.check_name(found, place.thing, params.new_name)
    except Fault as fault:
        hint = f"; {fault.help}" if fault.help else ""
        raise JsonRpcInvalidParams(f"{fault.message}{hint}") from None
    ruler = ls.ruler(document)
    edits = [
        types.TextEdit(ruler.range(span), params.new_name)
        for span in places.references(found, place.thing)
    ]
    return types.WorkspaceEdit({document.uri: edits})
