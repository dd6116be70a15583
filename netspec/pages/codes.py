"""What there is to say about a code: an audit rule, or what else `netspec check` finds."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from netspec import rules
from netspec.diagnostic import Severity
from netspec.pages.markdown import indented

_NOTES = ("unused-ignore",)


class Page(NamedTuple):
    """A code with its documentation in Markdown: a summary, why, and examples."""

    code: str
    severity: Severity
    doc: str
    file: str
    """Where it is written, from the root of the repository."""

    @property
    def summary(self) -> str:
        """What it says, on one line."""
        return self.doc.partition("\n")[0]

    @property
    def text(self) -> str:
        """The page as a terminal shows it, its code indented in place of its fences."""
        return f"{self.code} ({self.severity})\n\n{indented(self.doc)}"

    @property
    def data(self) -> dict[str, Any]:
        """The page as plain data."""
        kind = "rule" if self.code in rules.names() else "code"
        return {
            "code": self.code, "kind": kind, "severity": self.severity, "summary": self.summary,
            "doc": self.doc,
        }  # fmt: skip


def codes() -> list[str]:
    """Every code that can be printed, in order."""
    return sorted({*rules.names(), *_sections()})


def page(code: str) -> Page:
    """The page of a code; LookupError where there is none."""
    if code in rules.names():
        rule = rules.find(code)
        file = f"netspec/rules/{code.replace('-', '_')}.py"
        return Page(code, rule.severity, rule.doc.strip(), file)
    severity: Severity = "note" if code in _NOTES else "error"
    return Page(code, severity, _sections()[code], f"netspec/pages/codes.md#{code}")


@cache
def _sections() -> dict[str, str]:
    text = (files("netspec") / "pages" / "codes.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^## (\S+)\n", text, flags=re.MULTILINE)
    return {code: doc.strip() for code, doc in zip(parts[::2], parts[1::2], strict=True)}
