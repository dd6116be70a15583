"""What is known, as people and machines read it.

A folder for each thing that is shown, and in it a file for each format: the files are the choice of
the command that shows it. Folders without a default are what formats share.
"""

import os
from importlib import import_module
from typing import Any


def formats(folder: str) -> list[str]:
    """The formats in a folder, its default first."""
    default: str = import_module(f"{__name__}.{folder}").DEFAULT
    files = os.listdir(os.path.join(__path__[0], folder))
    names = {file.removesuffix(".py") for file in files if file[-3:] == ".py" and file[0] != "_"}
    return [default, *sorted(names - {default})]


def renderer(folder: str, form: str) -> Any:
    """The file of a format."""
    return import_module(f"{__name__}.{folder}.{form}")
