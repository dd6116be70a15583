"""What the playground's worker asks of netspec, as JSON; this runs in the browser too."""

from __future__ import annotations

import json
from typing import Any

from netspec.diagnostic import Diagnostic, SpecError
from netspec.fixes import fixed
from netspec.pages.completion import complete
from netspec.pages.hints import hints
from netspec.pages.hover import hover, rule
from netspec.pages.reading import Reading, Shift, read
from netspec.render.machine import safe
from netspec.render.page_data import data
from netspec.render.report.json import diagnostic
from netspec.report import Report
from netspec.source.refusal import BREAK

NAME = "spec.yaml"
"""What messages call a spec that has no file."""


MAX_LAYERS = 2_000
MAX_LENGTH = 10_000
"""Layers and positions along an axis that a browser draws while nobody waits."""
BEFORE = "the network of the last spec without an error"


class Desk:
    """The spec in the editor, and what was read of it last.

    Lines and columns count from 1, columns in characters of Unicode.
    """

    def __init__(self) -> None:
        self._reading: Reading | None = None

    def check(self, text: str) -> str:
        """The findings of a text, its hints and the data of its view.

        `hints` is null where the text is no YAML, `view` where its network has an error or would
        keep the page busy: `undrawn` says which. What was shown before stays right for as much of
        the text as did not change.
        """
        try:
            self._reading = read(text, NAME)
        except SpecError as error:
            found = _findings(error.diagnostics)
            return _json(findings=found, hints=None, view=None, undrawn=BEFORE)
        report = self._reading.report
        drawn, undrawn = _view(report)
        return _json(
            findings=_findings(report.diagnostics),
            hints=[hint._asdict() for hint in hints(self._reading) if hint.text],
            view=drawn,
            undrawn=undrawn,
        )

    def hover(self, text: str, line: int, column: int) -> str:
        """What there is to say about a place of the text as it is now, in Markdown, or nothing."""
        if self._reading is None:
            return _json(text=None)
        before = Shift(self._reading.source.lines, BREAK.split(text)).before(line)
        found = before and hover(self._reading, before, column)
        return _json(text=found.text if found else None)

    def rule(self, code: str) -> str:
        """The page of a code, in Markdown."""
        return _json(text=rule(code))

    def complete(self, text: str, line: int, column: int) -> str:
        """What can be written at a place of the text as it is now."""
        found = complete(BREAK.split(text), line, column, self._reading, everything=True)
        return _json(choices=[choice._asdict() for choice in found])

    def warm(self) -> str:
        """Nothing; what the first completion takes seconds to import is there from now on."""
        complete(["layers:", "- "], 2, 3, None, everything=True)
        return _json()

    def fixed(self, text: str) -> str:
        """The text with every safe fix made, and how many that were."""
        after = fixed(text, NAME)
        return _json(text=after.text, made=len(after.made))


def _json(**keys: Any) -> str:
    return json.dumps(keys, separators=(",", ":"))


def _view(report: Report) -> tuple[Any, str | None]:
    """The data of a report's view; None, and what the page says instead, where it is not drawn."""
    plan = report.plan
    if plan is None:
        return None, BEFORE
    number = len(plan.leaves)
    longest = max((n for one in plan.leaves for n in one.output.shape[1:]), default=0)
    longest = max(longest, *plan.input[1:], 0)
    if number > MAX_LAYERS or longest > MAX_LENGTH:
        size = f"{number:,} layers of up to {longest:,} positions along an axis"
        return None, f"{size} are not drawn here; {BEFORE}"
    # Those about the whole spec stand beside the editor already.
    return data(plan, [one for one in report.diagnostics if one.layer]), None


def _findings(found: list[Diagnostic]) -> Any:
    return safe([diagnostic(one, NAME) for one in found])
