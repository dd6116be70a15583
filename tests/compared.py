"""Two versions of a spec, compared."""

from __future__ import annotations

from repository import net

from netspec import report
from netspec.diff import compare as diff
from netspec.diff.compare import SpecDiff
from netspec.report import Report


def version(text: str, path: str = "a.yaml") -> Report:
    made = report.read(text, path)
    # What rules there are is none of this test's business.
    made.diagnostics = [one for one in made.diagnostics if one.severity == "error"]
    return made


def changed(before: str, after: str) -> SpecDiff:
    (spec,) = diff.compare({"a": version(before)}, {"a": version(after)})
    return spec


BROKEN = net().replace("Flatten", "Flaten")
