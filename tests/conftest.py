from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from browser import Browser

pytest.register_assert_rewrite("picking", "plans", "proof", "saved")

# Colours that whoever runs the tests wants are not those of what they run.
os.environ.pop("FORCE_COLOR", None)

# As netspec's own commands have it: a thread that spins takes the core of the worker beside it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

settings.register_profile(
    "ci", deadline=None, derandomize=True, database=None, print_blob=True,
    suppress_health_check=QUIET,
)  # fmt: skip
settings.register_profile(
    "thorough", deadline=None, database=None, print_blob=True, suppress_health_check=QUIET
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="rewrite the files of tests/golden")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold a text against a file of tests/golden, byte for byte."""

    def hold(name: str, text: str) -> None:
        file = Path(__file__).parent / "golden" / name
        if request.config.getoption("--golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(text.encode())
        assert text.encode() == file.read_bytes(), f"differs from {name}; --golden rewrites it"

    return hold


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Small networks are no faster on several, and tests run beside each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; skips where there is none, or nothing to drive it."""
    from browser import Browser

    with Browser() as driven:
        yield driven


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of three epochs; tests leave it as it is."""
    import tiny
    import torch

    torch.set_num_threads(1)
    return tiny.run(tmp_path_factory.mktemp("once")).folder


@pytest.fixture
def made(tmp_path: Path, once: Path) -> Path:
    """The same in a place where a test may change it."""
    import shutil

    shutil.copytree(once, tmp_path / "runs" / "tiny" / "1")
    return tmp_path / "runs" / "tiny" / "1"
