"""netspec layer, netspec layers and netspec pages."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from netspec.cli import complete
from netspec.cli.terminal import put, tell
from netspec.diagnostic import UsageError, nearest

Format = StrEnum("Format", ["text", "markdown", "json"])
ListFormat = StrEnum("ListFormat", ["text", "json"])


def layer(
    name: Annotated[
        str, typer.Argument(help="A layer such as Conv2d.", autocompletion=complete.layers)
    ],
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format["text"],
) -> None:
    """Explain a layer: its shape, its arguments, an example, what torch has besides."""
    from netspec.pages import layers as pages

    try:
        page = pages.page(name)
    except LookupError:
        raise _unknown(name) from None
    if format == "json":
        from netspec.render.machine import own

        put(own(layer=page.data))
    elif format == "markdown":
        put(f"# {name}\n\n{page.markdown}")
    else:
        put(_text(page))


def layers(
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat["text"],
) -> None:
    """List every layer with its arguments."""
    from netspec.layers import KINDS
    from netspec.pages import layers as pages

    found = [pages.page(kind) for kind in sorted(KINDS)]
    if format == "json":
        from netspec.render.machine import own

        put(own(layers=[page.data for page in found]))
        return
    from netspec.render.columns import columns

    rows = [(page.kind, ", ".join(_brief(page))) for page in found]
    put("\n".join(columns(rows, "<<")))


def pages(
    dest: Annotated[Path, typer.Argument(help="Folder to write to.", metavar="DEST")],
) -> None:
    """Write the reference of layers, codes, keys and words as a folder of Markdown."""
    from netspec.disk.files import replace
    from netspec.pages.reference import files

    found = files()
    for name, text in found.items():
        file = dest / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"cannot make {file.parent.as_posix()}: {error.strerror}"
            raise UsageError(what, "name a folder") from None
        if not file.is_file() or file.read_bytes() != text.encode():
            replace(file, text.encode(), help="what was there is kept")
    tell(f"{len(found)} pages in {dest.as_posix()}, from {(dest / 'README.md').as_posix()}")


def _brief(page: object) -> list[str]:
    from netspec.pages.layers import LayerPage

    assert isinstance(page, LayerPage)
    return [
        one.name if one.required else f"{one.name}={one.default or 'null'}"
        for one in page.arguments
    ]


def _text(page: object) -> str:
    from netspec.pages import layers as pages
    from netspec.pages.markdown import arguments_rows
    from netspec.render.columns import columns

    assert isinstance(page, pages.LayerPage)
    parts = [pages.text(page)]
    if page.arguments:
        rows = [(f"  {one[0]}", *one[1:]) for one in arguments_rows(page.arguments)]
        head = ("arguments", "value", "default", "meaning")
        parts.append("\n".join(columns([head, *rows], "<<<<")))
    if page.refused:
        parts.append("\n".join(["not written:", *(f"  {one}: {why}" for one, why in page.refused)]))
    if page.link:
        parts.append(f"torch: {page.link}")
    return "\n\n".join(parts)


def _unknown(name: str) -> UsageError:
    from netspec.layers import KINDS, words
    from netspec.pages.layers import refusal

    if reason := refusal(name.rpartition(".")[2]):
        return UsageError(reason, "netspec layers lists those that a spec can have")
    meant = words.layer(name, 2, list(KINDS))
    hint = f"did you mean {meant}?" if meant else nearest(name, KINDS)
    return UsageError(f"no layer is called '{name}'", hint or "netspec layers lists them")
