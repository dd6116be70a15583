"""How memory is had from the system."""

from __future__ import annotations

import platform

import pytest

from netspec.runner.machine import allocator


def test_glibc_is_told_to_keep_memory_and_others_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert allocator.keep_freed() == (platform.libc_ver()[0] == "glibc")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    assert not allocator.keep_freed()
