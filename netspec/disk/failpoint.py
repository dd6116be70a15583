"""Places where a test can end the process, as a power cut would; for tests only.

`NETSPEC_FAILPOINT=last.ckpt:half:3` ends it the third time that half of last.ckpt is written,
`NETSPEC_FAILPOINT=*:17` at the seventeenth place of any name. Unset, a place costs a comparison.
"""

from __future__ import annotations

import os
import signal
from fnmatch import fnmatchcase

_place, _, _count = os.environ.get("NETSPEC_FAILPOINT", "").rpartition(":")
_left = int(_count or 0)


def reach(place: str) -> None:
    """Say that the program is at `place`, such as last.ckpt:synced."""
    global _left  # noqa: PLW0603
    if _place and fnmatchcase(place, _place):
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
