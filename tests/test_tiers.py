"""Who may import whom: a room of the package imports rooms of lower tiers only."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "netspec"

TIERS = """
diagnostic
source flow disk
language
layers
compiler
rules
report
diff pages fixes search
runs
render network
capture emit playground
runner lsp
sweep
cli
__main__
"""
"""The rooms, a tier on each line; a tier imports from the lines above its own."""

TIER = {room: tier for tier, line in enumerate(TIERS.split("\n")) for room in line.split()}

ROOMS = {
    "yaml": {"source"},
    "typer": {"cli"},
    "pydantic": {"language", "layers", "compiler", "search"},
    "pydantic_core": {"language", "layers"},
}
ROOMS |= {package: {"sweep"} for package in ("optuna", "psycopg", "sqlalchemy", "submitit")}
HEAVY = {
    "torch", "torchvision", "numpy", "PIL", "rich", "safetensors", "sklearn", "tensorboardX",
    "matplotlib",
}  # fmt: skip
ROOMS |= {package: {"network", "emit", "runner"} for package in HEAVY}
ROOMS |= {package: {"emit"} for package in ("onnx", "onnxruntime", "onnxscript")}
ROOMS |= {package: {"lsp"} for package in ("pygls", "lsprotocol")}
ROOMS["pyarrow"] = {"runner"}
ROOMS["matplotlib"] |= {"render"}
ROOMS["torch"] |= {"capture"}
ROOMS["safetensors"] |= {"capture"}
"""Which rooms may import a third-party package."""

DRAWN = {("compiler/plan.py", "render"), ("report.py", "render")}
"""The one exception: public objects that draw themselves when they are shown."""

FILES = sorted(file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py"))


def room(file: str) -> str:
    return file.removesuffix(".py").partition("/")[0]


def imports(file: str) -> Iterator[str]:
    """Modules that a file imports, wherever in it; not those for annotations alone."""
    tree = ast.parse((PACKAGE / file).read_text())
    nodes = list(ast.walk(tree))
    unseen = {
        inner
        for node in nodes
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in nodes:
        if node in unseen:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            below = node.module == "netspec"
            yield from (
                (f"netspec.{alias.name}" for alias in node.names) if below else [str(node.module)]
            )


@pytest.mark.parametrize("file", FILES)
def test_a_file_imports_only_what_its_room_may(file: str) -> None:
    if file == "__init__.py":
        pytest.skip("its public names are imported when they are first used")
    home = room(file)
    assert home in TIER, f"{home} has no tier yet"
    for module in imports(file):
        package, _, rest = module.partition(".")
        other = rest.partition(".")[0]
        if package != "netspec":
            known = package in sys.stdlib_module_names or home in ROOMS.get(package, ())
            assert known, f"{file} imports {package}"
        elif other not in ("", "__version__", home):
            below = TIER[other] < TIER[home] or (file, other) in DRAWN
            assert below, f"{file} imports {other}, which is not below it"


def test_every_tier_names_rooms_that_exist() -> None:
    assert set(TIER) == {room(file) for file in FILES} - {"__init__"}
    assert len(FILES) > 50
