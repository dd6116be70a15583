"""Tasks where there are tensors: a file for each, called as its word is."""

from importlib import import_module

from netspec.runner.tasks.base import Task


def of(name: str) -> Task:
    """The task of a name."""
    found: Task = import_module(f"{__name__}.{name}").TASK
    return found
