"""netspec init."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from netspec.cli.terminal import tell
from netspec.diagnostic import UsageError
from netspec.disk import output


class Template(StrEnum):
    """Specs to start from: each is a file of netspec/templates."""

    mnist = "mnist"
    cifar10 = "cifar10"
    resnet = "resnet"
    regression = "regression"


def init(
    name: Annotated[str, typer.Argument(help="Name of the network.", show_default=False)],
    template: Annotated[Template, typer.Option(help="What to start from.")] = Template.mnist,
    folder: Annotated[Path, typer.Option(help="Where to put it.")] = Path("specs"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a commented spec to start from, and the schema that editors complete specs with."""
    import re
    from importlib.resources import files

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        hint = "letters, digits and ._- only, a letter or digit first"
        raise UsageError(f"'{name}' is no name for a network", hint)
    spec = folder / f"{name}.yaml"
    text = (files("netspec") / "templates" / f"{template}.yaml").read_text(encoding="utf-8")
    wanted = {spec: text}
    described = folder / "netspec.schema.json"
    if force or not described.exists():
        from netspec.pages.schema import text as schema

        wanted[described] = schema()
    for path in wanted:
        _check(path, force)
    for path, content in wanted.items():
        output.write(path, content.encode())
    tell(f"wrote {spec.as_posix()}; next: netspec check {spec.as_posix()}")


def _check(path: Path, force: bool) -> None:
    """Refuse what is there already, or cannot be written; make the folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write {path.as_posix()}: {error.strerror}") from None
    output.free(path)
    if path.exists() and not force:
        raise UsageError(f"{path.as_posix()} is there already", "--force overwrites it")
