"""A checkpoint's own digest: the comment at the end of its archive."""

from __future__ import annotations

from hashlib import sha256

_MARK = b"netspec sha256 "
_LENGTH = len(_MARK) + 64


def sealed(archive: bytes) -> bytes:
    """An archive without a comment, with its digest as one."""
    told = archive[:-2] + _LENGTH.to_bytes(2, "little")
    return told + _MARK + sha256(told).hexdigest().encode()


def whole(data: bytes) -> bool | None:
    """Whether an archive is what was sealed, None where it has no seal."""
    told, seal = data[:-_LENGTH], data[-_LENGTH:]
    if not seal.startswith(_MARK):
        return None
    return seal == _MARK + sha256(told).hexdigest().encode()
