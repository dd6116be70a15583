"""Words that are not netspec's own, made safe for wherever they are shown.

Everything that a spec, a path, a run folder or a command line says passes through `escape`, in
every format. A terminal must not obey it, and neither must a runner of CI, which reads commands in
lines that begin with `::` and at `##[` anywhere.
"""

from __future__ import annotations

import re
from unicodedata import category, east_asian_width

# Control characters, what reorders or hides text, lone surrogates; the first of what is `##[`.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]|#(?=#\\[)"
)
_MARK, _SPELLED = "\uffff", r"\x23"
"""What stands for the first of `##[` where characters are taken one by one; how it is shown."""


def escape(text: str) -> str:
    r"""The text on one line, with what could steer its reader as `\x1b`, `\n`, `\u202e`."""
    text = _UNSAFE.sub(lambda unsafe: _spelled(unsafe[0]), text)
    return text.replace(":", r"\x3a", 1) if text.lstrip().startswith(":") else text


def escape_lines(text: str) -> str:
    """The text with each of its lines escaped."""
    return "\n".join(map(escape, text.split("\n")))


def marked(text: str) -> str:
    """A line whose characters can be shown one by one as `cell` does."""
    return text.replace("##[", f"{_MARK}#[")


def cell(character: str) -> str:
    """A character as it is shown in a line of source text."""
    if character in "\t:":
        return "    " if character == "\t" else character
    return _SPELLED if character == _MARK else escape(character)


def width(text: str) -> int:
    """The columns that an escaped text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def _spelled(character: str) -> str:
    return _SPELLED if character == "#" else character.encode("unicode_escape").decode()
