"""The whole reference as a folder of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netspec import layers
from netspec.pages import codes, keys, words
from netspec.pages import layers as kinds
from netspec.pages.markdown import arguments_table, table

_MADE = "Written by `netspec pages`."


def files() -> dict[str, str]:
    """Every file of the reference by its path in the folder."""
    found = {"README.md": _index()}
    for kind in layers.KINDS:
        found[f"layers/{kind}.md"] = f"# {kind}\n\n{kinds.page(kind).markdown}\n"
    found["refused.md"] = _refused()
    for code in codes.codes():
        about = codes.page(code)
        found[f"codes/{code}.md"] = f"# {code} ({about.severity})\n\n{about.doc}\n"
    found["keys.md"] = _keys()
    for chapter in words.CHAPTERS:
        found[f"{_slug(chapter.title)}.md"] = _chapter(chapter)
    return found


def _index() -> str:
    parts = ["# Reference", "## Layers"]
    parts += [_listed("layer", (
        (f"[{kind}](layers/{kind}.md)", kinds.page(kind).summary) for kind in layers.KINDS
    ))]  # fmt: skip
    parts += ["What torch.nn has besides is [refused](refused.md).", "## Rules and other findings"]
    parts += [_listed("code", (
        (f"[{code}](codes/{code}.md)", codes.page(code).summary) for code in codes.codes()
    ))]  # fmt: skip
    parts += ["## Keys and words", "- [Keys of a spec](keys.md)"]
    parts[-1] += "".join(
        f"\n- [{one.title}]({_slug(one.title)}.md), of `{one.key}`" for one in words.CHAPTERS
    )
    return "\n\n".join([*parts, _MADE]) + "\n"


def _listed(what: str, rows: Iterator[tuple[str, str]]) -> str:
    return table((what, "what it is"), rows)


def _refused() -> str:
    rows = [(f"`{kind}`", f"{kinds.refusal(kind)}") for kind in layers.REFUSED]
    return f"# Layers of torch.nn that no spec can have\n\n{table(('layer', 'why'), rows)}\n"


def _keys() -> str:
    parts = ["# Keys of a spec"]
    for place, (about, found) in keys.sections().items():
        heading = f"## {place}" if place else "## At the top"
        parts += [heading, *[about] * bool(about), arguments_table(found, "key")]
    return "\n\n".join(parts) + "\n"


def _chapter(chapter: words.Chapter) -> str:
    parts = [f"# {chapter.title}", f"Words of `{chapter.key}`."]
    for one in words.pages(chapter):
        parts += [f"## {one.name}", one.markdown]
    return "\n\n".join(parts) + "\n"


def _slug(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower())
