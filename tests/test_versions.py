"""Which versions of other packages are asked for, and which are held against the suite."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COMES_AS = {
    "PIL": "pillow",
    "pydantic_core": "pydantic",  # of one exact version, so no bound of its own would say more
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Packages whose import has another name."""


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def bounds() -> dict[str, str]:
    """What stands behind the name of each dependency."""
    extras = PROJECT["optional-dependencies"].values()
    wanted = [one for part in (PROJECT["dependencies"], *extras) for one in part]
    found = [re.fullmatch(r"([\w.-]+)(\[\w+\])?(.*)", one) for one in wanted]
    return {plain(one[1]): one[3] for one in found if one and one[1] != PROJECT["name"]}


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / "tests" / "versions" / f"{name}.txt").read_text().splitlines()
    wanted = [line.partition("==") for line in lines if line and not line.startswith("#")]
    return {plain(package): version for package, _, version in wanted}


def imported(folder: str) -> Iterator[tuple[str, str]]:
    """Each package that is imported from outside, and the file that does."""
    files = sorted((ROOT / folder).rglob("*.py"))
    ours = {"netspec", *(part.stem for part in (ROOT / "tests").rglob("*.py"))}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            for name in {one.partition(".")[0] for one in names} - ours - sys.stdlib_module_names:
                yield name, file.name


def test_every_dependency_has_a_lower_bound_and_no_upper_one() -> None:
    assert len(bounds()) > 10
    wrong = {k: v for k, v in bounds().items() if not re.fullmatch(r">=\d+(\.\d+)*", v)}
    assert wrong == {}


def test_the_oldest_set_is_the_lower_bounds() -> None:
    oldest = pins("oldest")
    assert {name: f">={oldest.get(name)}" for name in bounds()} == bounds()


def test_the_set_known_to_be_good_has_every_dependency_and_none_below_its_bound() -> None:
    good = pins("known-good")
    assert bounds().keys() <= good.keys()
    low = [name for name, bound in bounds().items() if numbers(good[name]) < numbers(bound[2:])]
    assert low == []


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


@pytest.mark.parametrize("folder", ["netspec", "tests"])
def test_what_is_imported_is_a_declared_dependency(folder: str) -> None:
    found = list(imported(folder))
    assert len(found) > 20
    undeclared = {(n, f) for n, f in found if plain(COMES_AS.get(n, n)) not in bounds()}
    assert undeclared == set()


def test_what_netspec_imports_is_there_without_the_tools_of_its_makers() -> None:
    parts = (
        PROJECT["dependencies"],
        *(PROJECT["optional-dependencies"][x] for x in ("train", "sweep")),
    )
    declared = {plain(re.split(r"[\[>]", one)[0]) for part in parts for one in part}
    assert {plain(COMES_AS.get(name, name)) for name, _ in imported("netspec")} <= declared
