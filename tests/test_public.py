"""The names that `import netspec` offers."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import netspec

PUBLIC = {
    "load", "check", "compile", "candidates", "build", "train", "load_run", "export", "from_module",
    "Plan", "Report", "Diagnostic", "NetspecError", "SpecError", "UsageError",
}  # fmt: skip


def test_these_are_all() -> None:
    offered = {name for name in dir(netspec) if not name.startswith("_")}
    assert offered - vars(netspec).keys() == PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_is_there_and_says_what_it_is(name: str) -> None:
    found = getattr(netspec, name)
    assert found.__name__ == name
    assert (inspect.getdoc(found) or "").endswith(".")
    if inspect.isroutine(found):
        assert "return" in inspect.get_annotations(found)


def test_no_room_has_the_name_of_one_which_it_would_take_when_it_is_imported() -> None:
    rooms = {module.name for module in iter_modules(netspec.__path__)}
    assert rooms > {"runner", "report"}
    assert not rooms & PUBLIC
    before = {name: getattr(netspec, name) for name in PUBLIC}
    for room in rooms - {"__main__"}:
        import_module(f"netspec.{room}")
    assert {name: getattr(netspec, name) for name in PUBLIC} == before


def test_another_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        netspec.nope  # noqa: B018
    assert not hasattr(netspec, "from")


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    script = (
        "import sys, netspec; netspec.__version__, dir(netspec)\n"
        "print([n for n in sys.modules if n.startswith('netspec.')])\n"
        "netspec.check; print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", "False"]


def test_a_type_checker_takes_each_for_public() -> None:
    stub = (Path(netspec.__file__).parent / "__init__.pyi").read_text()
    homes = re.findall(r"^from \S+ import (\w+) as (\w+)$", stub, re.MULTILINE)
    assert {name for name, _ in homes} == PUBLIC
    # Only a name that stands twice is exported.
    assert all(name == offered for name, offered in homes)
