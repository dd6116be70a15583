"""Whether image files that stay on the disk are those that a run began with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netspec.diagnostic import NetspecError
from netspec.runner.data.contents import Contents
from netspec.runner.run import untrusted as trust

_FORCE = "--force goes on, and ends with other figures"


def hold(
    parts: dict[str, Contents], saved: Any, run: object, note: Callable[[str], None], force: bool
) -> None:
    """Hold files against what a checkpoint says of them.

    Raises NetspecError where one is another; with `force` that goes to `note`.
    """
    if saved is None:  # of an earlier version: names and sizes are all that is known
        return
    expected = {
        name: {"times": part.times.to("meta"), "digests": part.digests.to("meta")}
        for name, part in parts.items()
    }
    trust.same(expected, saved, "state.files")
    for name, part in parts.items():
        index = part.changed(**saved[name])
        if index is None:
            part.recall(saved[name]["digests"])
            continue
        read = bool(saved[name]["digests"][index].any())
        what = "another" if read else "of another time, and was not read yet"
        message = f"{run} was made with other data: {part.path(index)} is {what}"
        if not force:
            raise NetspecError(message, _FORCE)
        note(message)
