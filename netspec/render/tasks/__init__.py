"""How a network answered, for each task: a file that is called as the task is.

Each has `said`, the parts of what people read of a judgement, and `told`, its figures under the
keys that machines read; `row` and `answer` are the same for what is said of one file.
"""

from importlib import import_module
from typing import Any


def of(task: str) -> Any:
    """The file of a task."""
    return import_module(f"{__name__}.{task}")
