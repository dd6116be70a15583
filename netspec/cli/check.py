"""netspec check."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from netspec import report, source
from netspec.cli.options import Changes, specs_given
from netspec.cli.terminal import look, put, tell
from netspec.diagnostic import Diagnostic, SpecError, UsageError
from netspec.render import formats, renderer
from netspec.render.report import View
from netspec.report import Report
from netspec.source import files

Reader = Callable[[bytes, str, Path | None], Report]
"""The report on what a file holds, by what messages call it, and the file unless there is none."""
Format = StrEnum("Format", formats("report"))  # type: ignore[misc]


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Specs, folders of specs, or - for standard input; default: specs/."),
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option(
            help="How to print the report; default: full, in GitHub Actions with annotations and "
            "the summary of the job.",
            show_default=False,
        ),
    ] = None,
    layers: Annotated[
        bool | None,
        typer.Option(help="Show every layer; the default for a single spec.", show_default=False),
    ] = None,
    set: Changes = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print findings only, and nothing if all is well.")
    ] = False,
    strict: Annotated[bool, typer.Option(help="Fail on warnings too.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Make the fixes that leave the network as it is.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")
    ] = False,
    unsafe_fixes: Annotated[
        bool,
        typer.Option("--unsafe-fixes", help="Fixes too that change the network or lose a comment."),
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a spec changes, until Ctrl-C.")
    ] = False,
    stdin_filename: Annotated[
        str, typer.Option(help="What to call standard input.", metavar="PATH")
    ] = "stdin.yaml",
) -> None:
    """Check specs: shapes, receptive fields, parameters and budgets, without torch.

    Exits with 0 if all is well, 1 if a spec has an error, 2 if a file cannot be read.
    """
    reader: Reader = partial(_report, changes=set or ())
    given = specs_given(paths)
    aside = False
    if fix or diff or unsafe_fixes:
        from netspec.cli.fixing import Fixing, refuse

        refuse(unsafe=unsafe_fixes, fix=fix or diff, changes=bool(set))
        fixing = Fixing(diff, unsafe_fixes)
        reader = fixing.read
        # The output is the patch, or the text that came in.
        aside = diff or Path("-") in given

    def checked() -> tuple[list[Report], View, str]:
        """The reports as they are now, and what is printed of them."""
        found = [one for path in given for one in _reports(path, stdin_filename, reader)]
        reports = list({one.path: one for one in found}.values())
        every = len(reports) == 1 and not aside if layers is None else layers
        view = View(every, strict, look(sys.stderr if aside else sys.stdout), quiet)
        shown = renderer("report", format or next(iter(Format))).render(reports, view)
        return reports, view, shown

    if watch:
        from netspec.cli import watching

        if fix or diff:
            raise UsageError("--watch only looks", "leave --fix out, or --watch")
        watching.watch(given, lambda: checked()[2])
    reports, view, text = checked()
    if diff and (patch := "".join(fixing.patches)):
        typer.echo(patch, nl=False)
    if text:
        put(text, err=aside)
    if format is None and os.environ.get("GITHUB_ACTIONS") == "true":
        put(renderer("report", "github").render(reports, view))
        _summarize(renderer("report", "markdown").render(reports, view))
    failing = {"error", "warning"} if strict else {"error"}
    findings = [finding for one in reports for finding in one.diagnostics]
    if any(finding.code == UNREADABLE for finding in findings):
        raise typer.Exit(2)
    raise typer.Exit(any(finding.severity in failing for finding in findings))


UNREADABLE = "unreadable"
"""Code of the finding that stands for a file which cannot be read."""


def _reports(path: Path, stdin_filename: str, reader: Reader) -> list[Report]:
    """The report on each spec at a path; what cannot be read is a finding of its own."""
    if str(path) == "-":
        return [_standard_input(stdin_filename, reader)]
    found = files.specs(path)
    if not found:
        error = UsageError(f"no specs in {path.as_posix()}", "specs end in .yaml or .yml")
        return [_unreadable(path.as_posix(), error)]
    reports = []
    for file in found:
        try:
            data = source.read_bytes(file)
        except UsageError as error:
            reports.append(_unreadable(file.as_posix(), error))
        else:
            reports.append(reader(data, source.name_of(file), file))
    return reports


def _report(text: bytes, name: str, file: Path | None, changes: Sequence[str]) -> Report:
    if not changes:
        return report.read(text, name)
    from netspec.cli.changed import changed

    try:
        return report.examine(changed(source.parse(text, name), changes))
    except SpecError as error:
        return Report(name, None, error.diagnostics, error.text)


def _unreadable(name: str, error: UsageError) -> Report:
    """A report that says why a file cannot be read."""
    return Report(name, None, [Diagnostic(UNREADABLE, str(error), help=error.help, path=name)])


def _standard_input(name: str, reader: Reader) -> Report:
    if sys.stdin is None:
        return _unreadable(name, UsageError("standard input is closed"))
    return reader(sys.stdin.buffer.read(source.MAX_BYTES + 1), name, None)


def _summarize(markdown: str) -> None:
    """Add to what GitHub shows on the page of the job."""
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with open(path, "a", encoding="utf-8") as file:
                file.write(f"{markdown}\n")
        except OSError as error:
            tell(f"no summary: {error}", err=True)
