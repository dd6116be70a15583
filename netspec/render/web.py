"""The frame of pages that load nothing: scripts and styles of `web/`, data, and a policy.

The policy names the one script and the one style that a page has, and lets nothing else run.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape as markup
from pathlib import Path
from typing import Any

from netspec.render.safe import escape

WEB = Path(__file__).parents[1] / "web"
VIEW = ("units.js", "layout.js", "drawing.js", "picker.js", "table.js", "view.js")
"""The scripts that make `netspec.view`, in the order in which they need each other."""
STYLES = ("drawing.css", "view.css", "page.css")


def document(title: str, body: str, scripts: Sequence[str], styles: Sequence[str] = STYLES) -> str:
    """A whole page around its main part, which is markup; the title is text."""
    style, script = text(styles), text(scripts)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escaped(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"<main>\n{body}\n</main>\n<script>{script}</script>\n</body>\n</html>\n"
    )


def text(names: Sequence[str]) -> str:
    """Files of `web/`, one after the other."""
    return "".join((WEB / name).read_text("utf-8") for name in names)


def embedded(name: str, value: Any) -> str:
    """Data that scripts find by its id: ASCII, and nothing in it can end the element."""
    written = json.dumps(value, separators=(",", ":"))
    for character in "<>&":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/json" id="{name}">{written}</script>'


def escaped(words: str) -> str:
    """Words that are not netspec's own, as markup."""
    return markup(escape(words))


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
