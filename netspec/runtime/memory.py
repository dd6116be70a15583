"""The C allocator, told to keep what training frees.

glibc gives every large block back to the system and faults it in again at the next step: thousands
of page faults a step on a small network, a quarter of its time. Results do not change.
"""

from __future__ import annotations

import ctypes
import platform

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_KEEP = 1 << 30
_PAD = 64 << 20


def keep_freed() -> bool:
    """Raise glibc's thresholds; return False where there is no glibc."""
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    settings = ((_MMAP_THRESHOLD, _KEEP), (_TRIM_THRESHOLD, _KEEP), (_TOP_PAD, _PAD))
    return all([mallopt(name, size) == 1 for name, size in settings])
