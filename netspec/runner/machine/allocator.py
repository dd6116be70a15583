"""How the process gets memory from the system. Results do not depend on it."""

from __future__ import annotations

import ctypes
import platform

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_KEEP = 1 << 30
_PAD = 64 << 20


def keep_freed() -> bool:
    """Have glibc keep what training frees; False comes back where there is none.

    It gives every large block back to the system and faults it in again at the next step:
    thousands of page faults a step on a small network, a quarter of its time.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    settings = ((_MMAP_THRESHOLD, _KEEP), (_TRIM_THRESHOLD, _KEEP), (_TOP_PAD, _PAD))
    done = [mallopt(name, size) == 1 for name, size in settings]
    return all(done)
