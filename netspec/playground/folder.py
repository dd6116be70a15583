"""The playground's folder: a page, what it runs and the specs in its menu."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape as markup
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from netspec import __version__, source
from netspec.diagnostic import UsageError
from netspec.disk import output
from netspec.playground import assets, pack
from netspec.playground.answer import Desk
from netspec.render.web import STYLES, VIEW, embedded, text
from netspec.source.files import specs

MARK = "playground.json"
"""The file by which a folder is known that was made here."""
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
"""What of Pyodide's package is loaded."""
MAX_SPECS = 500


def write(folder: Path, given: Sequence[Path], kept: Path | None) -> int:
    """Make the playground in a folder and return its size in bytes; `kept` is for the assets.

    Raises UsageError where the folder holds something else, NetspecError where something cannot be
    fetched.
    """
    _free(folder)
    menu = list(_menu(given))
    with assets.assets(kept) as fetched:
        content = dict(_content(fetched, menu))
    (folder / "pyodide").mkdir(parents=True, exist_ok=True)
    # The page comes last: until then a folder that is served shows what it showed before.
    for name, data in content.items():
        output.write(folder / name, data)
    return sum(map(len, content.values()))


def _free(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder.as_posix()} is no folder", "name a folder to make")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        hint = "name a folder that is new or empty, or one that holds a playground"
        raise UsageError(f"{folder.as_posix()} holds something else", hint)


def _menu(given: Sequence[Path]) -> Iterator[dict[str, str]]:
    """The specs that the page offers: their names and texts, the first one to begin with."""
    templates = Path(str(files("netspec"))) / "templates"
    found = list(dict.fromkeys((path, path.as_posix()) for one in given for path in specs(one)))
    if not given:
        found = [(path, path.name) for path in specs(templates)]
        found.sort(key=lambda one: one[1] != "mnist.yaml")
    if not found or len(found) > MAX_SPECS:
        hint = "name specs, or folders that hold some"
        raise UsageError(f"{len(found):,} specs for the menu, of 1 to {MAX_SPECS}", hint)
    for path, name in found:
        yield {"name": name, "text": source.load(path).text}


def _content(fetched: Path, menu: list[dict[str, str]]) -> Iterator[tuple[str, bytes]]:
    """Each file's name and bytes, the page last."""
    web, modules, wheels = _web(), fetched / "node_modules", fetched / "wheels"
    styles = [one for one in STYLES if one != "page.css"]
    yield MARK, (json.dumps({"netspec": __version__}) + "\n").encode()
    yield "python.zip", pack.packed(wheels)
    for name in CORE:
        yield f"pyodide/{name}", (modules / "pyodide" / name).read_bytes()
    # Nothing is to be loaded by name, so that of the list of packages its head is enough.
    lock = json.loads((modules / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    yield "pyodide/pyodide-lock.json", json.dumps({"info": lock["info"], "packages": {}}).encode()
    yield "app.js", _bundled(modules)
    yield "worker.js", (web / "worker.js").read_bytes()
    yield "view.js", text(VIEW).encode()
    yield "style.css", text([*styles, "playground/style.css"]).encode()
    yield "specs.json", json.dumps(menu).encode()
    yield "licences.txt", _licences(modules, wheels).encode()
    yield "index.html", _page(menu[0]).encode()


def _bundled(modules: Path) -> bytes:
    """The page's script with the editor in it."""
    node, esbuild = assets.program("node"), modules / "esbuild" / "bin" / "esbuild"
    with TemporaryDirectory(prefix="netspec-") as made:
        out = Path(made) / "app.js"
        assets.run(
            [
                node, esbuild.resolve(), _web() / "app.js", "--bundle", "--format=esm", "--minify",
                "--target=es2022", "--legal-comments=none", f"--outfile={out}",
            ],
            _web(),
            "bundle the editor",
            NODE_PATH=str(modules.resolve()),
        )  # fmt: skip
        return out.read_bytes()


def _page(first: dict[str, str]) -> str:
    """The page, with what netspec says of the first spec: it is shown while Python starts."""
    before = embedded("before", {**first, "answer": json.loads(Desk().check(first["text"]))})
    frame = (_web() / "index.html").read_text("utf-8")
    return frame.replace("<!-- version -->", markup(__version__)).replace("<!-- before -->", before)


def _licences(modules: Path, wheels: Path) -> str:
    """The licences of everything in the folder that is not netspec's."""
    parts = [("Pyodide", "Mozilla Public License 2.0; its source: github.com/pyodide/pyodide")]
    for file in sorted(modules.rglob("LICENSE*")):
        # What only makes the script is not in it.
        if "esbuild" not in file.as_posix():
            name = file.parent.relative_to(modules).as_posix()
            parts.append((name, file.read_text("utf-8", errors="replace")))
    parts += pack.licences(wheels)
    return (
        "\n\n".join(f"{name}\n{'=' * len(name)}\n\n{said.strip()}" for name, said in parts) + "\n"
    )


def _web() -> Path:
    return Path(str(files("netspec"))) / "web" / "playground"
