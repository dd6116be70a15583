"""netspec check."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, TextIO

import typer

from netspec import report as audit
from netspec import source
from netspec.cli import files
from netspec.diagnostic import Diagnostic, SpecError, UsageError
from netspec.render.view import View
from netspec.report import Report


class Format(StrEnum):
    """How findings are printed: each is a module of netspec.render.report."""

    full = "full"
    concise = "concise"
    json = "json"
    markdown = "markdown"
    github = "github"
    gitlab = "gitlab"
    sarif = "sarif"
    junit = "junit"
    rdjson = "rdjson"


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
    strict: Annotated[bool, typer.Option(help="Fail on warnings too.")] = False,
    stdin_filename: Annotated[
        str, typer.Option(help="What to call standard input.", metavar="PATH")
    ] = "stdin.yaml",
) -> None:
    """Check specs: shapes, receptive fields, parameters and budgets, without torch.

    Exits with 0 if all is well, 1 if a spec has an error, 2 if a file cannot be read.
    """
    reports = [report for path in files.given(paths) for report in _reports(path, stdin_filename)]
    unique = list({report.path: report for report in reports}.values())
    every = len(unique) == 1 if layers is None else layers
    view = View(every, strict, snippet, text)
    in_actions = format is None and os.environ.get("GITHUB_ACTIONS") == "true"
    typer.echo(_render(format or Format.full, unique, view))
    if in_actions:
        typer.echo(_render(Format.github, unique, view))
        _summarize(_render(Format.markdown, unique, view))
    failing = {"error", "warning"} if strict else {"error"}
    found = [one for report in unique for one in report.diagnostics]
    if any(one.code == UNREADABLE for one in found):
        raise typer.Exit(2)
    raise typer.Exit(any(one.severity in failing for one in found))


UNREADABLE = "unreadable"
"""Code of the finding that stands for a file which cannot be read."""


def _reports(path: Path, stdin_filename: str) -> list[Report]:
    """The report on each spec at a path; what cannot be read is a finding of its own."""
    if str(path) == "-":
        return [_standard_input(stdin_filename)]
    found = files.specs(path)
    if not found:
        error = UsageError(f"no specs in {path.as_posix()}", "specs end in .yaml or .yml")
        return [unreadable(path, error)]
    reports = []
    for file in found:
        try:
            reports.append(audit.check(file))
        except UsageError as error:
            reports.append(unreadable(file, error))
    return reports


def unreadable(path: Path, error: UsageError) -> Report:
    """A report that says why a file cannot be read."""
    name = path.as_posix()
    return Report(name, None, [Diagnostic(UNREADABLE, str(error), help=error.help, path=name)])


def _standard_input(name: str) -> Report:
    if sys.stdin is None:
        return unreadable(Path(name), UsageError("standard input is closed"))
    _given[name] = sys.stdin.buffer.read(source.MAX_BYTES + 1)
    try:
        return audit.examine(source.parse(_given[name], name))
    except SpecError as error:
        return Report(name, None, error.diagnostics)


def _render(form: Format, reports: list[Report], view: View) -> str:
    shown: str = import_module(f"netspec.render.report.{form}").render(reports, view)
    return shown


def _summarize(markdown: str) -> None:
    """Add to what GitHub shows on the page of the job."""
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with open(path, "a", encoding="utf-8") as file:
                file.write(f"{markdown}\n")
        except OSError as error:
            typer.echo(f"no summary: {error}", err=True)


def snippet(found: Diagnostic, err: bool = False) -> str:
    """A finding with the lines it is about, as standard output (or error) can show it."""
    from netspec.render.snippet import render

    stream = sys.stderr if err else sys.stdout
    return render(found, text(found.path), colored(stream), width(stream))


_given: dict[str, bytes] = {}
"""What came by standard input, by the name it was given."""


@cache
def text(path: str | None) -> str | None:
    """What a file says, as far as it can be shown."""
    if path is None:
        return None
    try:
        content = _given[path] if path in _given else source.read_bytes(path)
    except UsageError:
        return None
    return content.decode(errors="replace")


def colored(stream: TextIO | None) -> bool:
    """Whether to colour what is printed: on a terminal, unless NO_COLOR says no."""
    return stream is not None and stream.isatty() and not os.environ.get("NO_COLOR")


def width(stream: TextIO | None) -> int | None:
    """Columns of the terminal; None where there is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns if stream else None
    except (OSError, ValueError):
        return None
