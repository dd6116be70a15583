"""The Python of the playground as one archive: netspec without what needs torch, and its packages.

The same files give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from netspec.diagnostic import NetspecError

PACKAGE = Path(__file__).parents[1]
ROOMS = (
    "__init__.py", "__init__.pyi", "diagnostic.py", "source", "flow", "language", "layers",
    "compiler", "rules", "report.py", "fixes.py", "pages", "render", "playground/__init__.py",
    "playground/answer.py",
)  # fmt: skip
"""What checking, hints, hovers and the view are made of."""
LEFT_OUT = ("pydantic/v1/", "pydantic/mypy.py", "pydantic/_hypothesis_plugin.py")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def packed(wheels: Path) -> bytes:
    """The archive, of the wheels in a folder and of this netspec."""
    files = dict(_own())
    for wheel in sorted(wheels.glob("*.whl")):
        files |= _of(wheel)
    if not any(name.startswith("pydantic_core/") for name in files):
        raise NetspecError(f"no wheel of pydantic_core in {wheels.as_posix()}", "fetch it anew")
    into = BytesIO()
    with ZipFile(into, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            info = ZipInfo(name, _EPOCH)
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, files[name])
    return into.getvalue()


def licences(wheels: Path) -> Iterator[tuple[str, str]]:
    """The name of each package in the wheels, and the licence that it comes with."""
    for wheel in sorted(wheels.glob("*.whl")):
        with ZipFile(wheel) as archive:
            for name in archive.namelist():
                if "license" in name.rpartition("/")[2].lower() and ".dist-info/" in name:
                    text = archive.read(name).decode(errors="replace")
                    yield "-".join(wheel.name.split("-")[:2]), text


def _own() -> Iterator[tuple[str, bytes]]:
    for room in ROOMS:
        path = PACKAGE / room
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                yield file.relative_to(PACKAGE.parent).as_posix(), file.read_bytes()


def _of(wheel: Path) -> dict[str, bytes]:
    """What Python imports of a wheel: its code, and libraries where they are for browsers."""
    wasm = wheel.name.endswith("_wasm32.whl")
    with ZipFile(wheel) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if (name.endswith(".py") or (wasm and name.endswith(".so")))
            and not name.startswith(LEFT_OUT)
        }
