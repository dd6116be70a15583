"""What changes in a file, as a unified diff that `patch -p0` and `git apply -p0` take."""

from __future__ import annotations

import re
from difflib import unified_diff

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")


def patch(before: str, after: str, path: str) -> str:
    """The diff from one text of a file to another; empty where they are the same."""
    lines = unified_diff(_LINE.findall(before), _LINE.findall(after), path, path)
    return "".join(
        line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n"
        for line in lines
    )
