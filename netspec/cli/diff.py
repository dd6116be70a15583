"""netspec diff."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from netspec.cli.options import specs_given
from netspec.cli.terminal import look, put, tell
from netspec.compiler.plan import Plan
from netspec.diagnostic import UsageError
from netspec.disk import output
from netspec.render import formats, renderer
from netspec.runs import sample

Format = StrEnum("Format", formats("diff"))  # type: ignore[misc]
_DEFAULT = next(iter(Format))
_PAGE = "html"


def diff(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="OLD and NEW, two specs or two folders; with --against specs or folders, "
            "default: specs/.",
            show_default=False,
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="REF",
            help="Compare with this commit of git, such as main; the work tree is not touched.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="How to print the changes.")] = _DEFAULT,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="The file to write; default: standard output.", show_default=False
        ),
    ] = None,
    image: Annotated[
        Path | None,
        typer.Option(
            help="Of html, an image to show under the pixels; default: one of the data set in "
            "data, where it has one.",
            show_default=False,
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="Exit with 1 where this holds for a spec, such as 'params > +10%' (change in "
            "percent), 'receptive_field < -2' (change) or 'findings > 0' (value); of params, macs, "
            "activation_bytes, receptive_field, findings, errors; repeatable.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Say what changed between two versions of specs: size, cost, view, layers and findings.

    Exits with 0, with 1 where --fail-on holds or cannot be told because a spec is broken, with 2
    for wrong use.
    """
    from netspec.diff import sides, threshold
    from netspec.diff.compare import compare
    from netspec.language import condition

    if out:
        output.free(out)
    if image and format != _PAGE:
        raise UsageError(f"--image is for {_PAGE}, not for {format}", "leave it out")
    shown = sample.of_file(image) if image else None
    conditions = [condition.parse(text) for text in fail_on or ()]
    if against:
        old, new = sides.against(against, specs_given(paths))
    elif paths and len(paths) == 2:
        old, new = sides.on_disk(*paths)
    else:
        raise UsageError("diff takes OLD and NEW", "or --against REF and the specs to compare")
    specs = compare(old, new)
    failures = threshold.failures(specs, conditions)
    render = renderer("diff", format).render
    if format == _PAGE:
        render = partial(render, image=lambda plan: shown or _sample(plan))
    if out:
        written = f"{render(specs, failures)}\n".encode()
        output.write(out, written)
        tell(f"{out.as_posix()}: {len(written) / 1000:,.0f} kB")
    else:
        put(render(specs, failures, look(sys.stdout)))
    raise typer.Exit(1 if failures else 0)


def _sample(plan: Plan) -> str | None:
    """An image of the data set that a spec is trained on, where data/ has it."""
    if plan.spec.train is None or len(plan.input) != 3:
        return None
    return sample.of(plan.spec.train.data, Path("data"))
