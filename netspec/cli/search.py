"""netspec search."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from netspec.cli.changed import changed
from netspec.cli.options import Bounds, Changes, Variations
from netspec.cli.terminal import look, put, tell
from netspec.diagnostic import NetspecError, UsageError
from netspec.render import formats, renderer
from netspec.search.candidates import TRIES, Found

Format = StrEnum("Format", formats("search"))  # type: ignore[misc]
_DEFAULT = next(iter(Format))


def search(
    spec: Annotated[Path, typer.Argument(help="The spec to vary.", show_default=False)],
    vary: Variations,
    keep: Bounds = None,
    minimize: Annotated[
        list[str] | None,
        typer.Option(
            metavar="QUANTITY",
            help="Show only the best: the least of this quantity; repeatable, several and "
            "--maximize give the Pareto front.",
            show_default=False,
        ),
    ] = None,
    maximize: Annotated[
        list[str] | None,
        typer.Option(metavar="QUANTITY", help="Likewise, the most of it.", show_default=False),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(
            min=1, help="Draw this many of those that are kept, each as likely.", show_default=False
        ),
    ] = None,
    set: Changes = None,
    expect: Annotated[
        bool,
        typer.Option(
            "--expect/--no-expect",
            help="Whether what `expect:` says beside layers must hold; with --no-expect it is null "
            "in what is written.",
        ),
    ] = True,
    tries: Annotated[
        int,
        typer.Option(
            min=1,
            help="Candidates to look at; a space that has no more is looked at whole, of another "
            "they are drawn at random, half of them near the best.",
        ),
    ] = TRIES,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes to work in.")] = 1,
    format: Annotated[Format, typer.Option(help="How to print them.")] = _DEFAULT,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="A new or empty folder to write a spec into for each, with the comments of the "
            "file.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Search the specs that keep to exact bounds, without building or training any.

    Exits with 0 if any is kept, 1 if none is or the spec has an error, 2 for wrong use.
    """
    import gc

    from netspec.cli.progress import bar
    from netspec.search.candidates import asked, run

    gc.enable()
    if out:
        _check_empty(out)
    wanted = asked(
        changed(spec, set or ()), vary, keep or (), minimize or (), maximize or (),
        expect=expect, sample=sample, tries=tries, seed=seed,
    )  # fmt: skip
    with bar("candidates") as told:
        found = run(wanted, workers, told)
    if found.tally.total or format is not _DEFAULT:
        put(renderer("search", format).render(found, look(sys.stdout)))
    if not found.tally.total:
        from netspec.search.nothing import why

        raise why(found)
    if out:
        _write(found, spec.stem, out)


def _check_empty(folder: Path) -> None:
    try:
        if any(folder.iterdir()):
            hint = "name a folder that is new or empty"
            raise UsageError(f"{folder.as_posix()} is not empty", hint)
    except FileNotFoundError:
        return
    except OSError as error:
        message = f"cannot write into {folder.as_posix()}: {(error.strerror or '').lower()}"
        raise UsageError(message, "name a folder that is new or empty") from None


def _write(found: Found, stem: str, folder: Path) -> None:
    best = found.tally.best
    digits = len(str(len(best)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, kept in enumerate(best, 1):
            file = folder / f"{stem}-{number:0{digits}}.yaml"
            with file.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(found.text(kept.point).text)
    except OSError as error:
        message = f"cannot write into {folder.as_posix()}: {(error.strerror or '').lower()}"
        raise NetspecError(message) from None
    tell(f"wrote {len(best):,} spec{'s' * (len(best) != 1)} into {folder.as_posix()}", err=True)
