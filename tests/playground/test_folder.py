"""The playground's folder: whole or not at all, of what is pinned, over nothing of a user's."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from command import netspec

from netspec.diagnostic import NetspecError, UsageError
from netspec.playground import assets, folder, pack

ROOT = Path(__file__).parents[2]
WEB = ROOT / "netspec" / "web" / "playground"


@pytest.fixture
def fetched(tmp_path: Path) -> Path:
    """A folder as one that was fetched into, with small files in place of large ones."""
    home = tmp_path / "assets"
    core = home / "node_modules" / "pyodide"
    core.mkdir(parents=True)
    for name in folder.CORE:
        (core / name).write_bytes(name.encode())
    (core / "pyodide-lock.json").write_text('{"info": {"python": "3.14.2"}, "packages": {"a": 1}}')
    esbuild = home / "node_modules" / "esbuild" / "bin" / "esbuild"
    esbuild.parent.mkdir(parents=True)
    esbuild.write_text(
        "const out = process.argv.find((one) => one.startsWith('--outfile=')).slice(10);\n"
        "require('fs').writeFileSync(out, 'bundled');"
    )
    (home / "wheels").mkdir()
    with ZipFile(home / "wheels" / "pydantic_core-1-x_wasm32.whl", "w") as wheel:
        wheel.writestr("pydantic_core/__init__.py", "")
        wheel.writestr("pydantic_core/core.so", "wasm")
        wheel.writestr("pydantic_core-1.dist-info/licenses/LICENSE", "as you like")
    with ZipFile(home / "wheels" / "pyyaml-6-x_x86_64.whl", "w") as wheel:
        wheel.writestr("yaml/__init__.py", "")
        wheel.writestr("yaml/_yaml.so", "of another machine")
    (home / "fetched").write_text(assets.pins())
    return home


@pytest.fixture
def node() -> None:
    if not assets.shutil.which("node"):
        pytest.skip("no node")


@pytest.mark.usefixtures("node")
def test_the_folder_has_a_page_what_it_runs_and_a_menu(tmp_path: Path, fetched: Path) -> None:
    spec, site = tmp_path / "a.yaml", tmp_path / "site"
    spec.write_text("# </script><script>alert(1)</script>\ninput: [1, 8, 8]\nlayers: [ReLU]\n")
    arguments = [str(site), str(spec), str(ROOT / "specs"), str(spec), "--assets", str(fetched)]
    done = netspec("playground", *arguments)
    assert done.code == 0
    names = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    assert done.out.startswith(f"{site.as_posix()}: ")
    assert names == {
        "index.html", "app.js", "view.js", "worker.js", "style.css", "specs.json", "python.zip",
        "licences.txt", "playground.json", "pyodide/pyodide-lock.json",
        *(f"pyodide/{name}" for name in folder.CORE),
    }  # fmt: skip
    menu = [one["name"] for one in json.loads((site / "specs.json").read_text())]
    assert menu[0] == spec.as_posix()
    assert len(menu) == len(set(menu)) == 1 + len(list((ROOT / "specs").glob("*.yaml")))
    page = (site / "index.html").read_text()
    assert page.count("</script>") == 3
    before = re.search(r'id="before">(.*?)</script>', page)
    assert before
    assert json.loads(before[1])["text"] == spec.read_text()
    assert "as you like" in (site / "licences.txt").read_text()
    # Made again, it takes the place of what it was.
    assert netspec("playground", *arguments).code == 0


def test_the_page_may_load_nothing_but_the_files_beside_it() -> None:
    page = (WEB / "index.html").read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules.pop("default-src") == "'none'"
    allowed = {"'self'", "'none'", "'wasm-unsafe-eval'", "blob:", "data:"}
    assert {word for rule in rules.values() for word in rule.split()} <= allowed
    assert "://" not in "".join(re.findall(r'(?:src|href)="([^"]*)"', page))
    assert not re.search(r"<script>|\son\w+=|style=", page)


def test_every_version_is_exact_and_has_a_digest() -> None:
    wanted = json.loads((WEB / "package.json").read_text())["dependencies"]
    lock = json.loads((WEB / "package-lock.json").read_text())["packages"]
    assert all(re.fullmatch(r"[\d.]+", version) for version in wanted.values())
    assert lock.pop("")["dependencies"] == wanted
    assert all(one["integrity"].startswith("sha512-") for one in lock.values())
    assert not any("resolved" in one for one in lock.values())
    wheels = assets.WHEELS.read_text().split("\n")
    assert all(re.fullmatch(r"\w+==[\d.]+ --hash=sha256:\w{64}", one) for one in wheels if one)


def test_python_is_packed_alike_each_time_and_checks_without_torch(
    tmp_path: Path, fetched: Path
) -> None:
    packed = pack.packed(fetched / "wheels")
    with ZipFile(BytesIO(packed)) as archive:
        names = set(archive.namelist())
        assert archive.namelist() == sorted(names)
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        archive.extractall(tmp_path, [one for one in names if one.startswith("netspec/")])
    assert {"pydantic_core/core.so", "yaml/__init__.py"} <= names
    assert not names & {"yaml/_yaml.so", "netspec/network/build.py", "netspec/cli/check.py"}
    script = (
        "import json, sys; from netspec.playground.answer import Desk\n"
        "desk = Desk(); text = open(sys.argv[1], encoding='utf-8').read()\n"
        "told = json.loads(desk.check(text))\n"
        "desk.hover(text, 10, 12), desk.rule('too-deep')\n"
        "desk.complete(text, 11, 9), desk.fixed(text)\n"
        "import netspec; assert netspec.__file__.startswith(sys.argv[2]), netspec.__file__\n"
        "print(len(told['findings']), told['view'] is not None, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, ROOT / "specs" / "mnist-8k.yaml", tmp_path],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, cwd=tmp_path,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "0 True False\n"


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, fetched: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    (tmp_path / "file").write_text("")
    for dest, kept in [("mine", fetched), ("file", fetched), ("new", tmp_path / "mine")]:
        done = netspec("playground", str(tmp_path / dest), "--assets", str(kept))
        assert done.code == 2
        assert re.search("holds|no folder", done.err)
        assert "help: name a folder" in done.err
    assert [one.name for one in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    assert not (tmp_path / "new").exists()


def test_a_menu_without_specs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="0 specs for the menu"):
        folder.write(tmp_path / "site", [tmp_path], None)


@pytest.mark.parametrize(
    ("npm", "message"),
    [
        (None, "made with npm, which is not here"),
        ("echo npm error code ENOTFOUND >&2; exit 1", "by npm: npm error code ENOTFOUND"),
        ("exit 0", "fetch Python packages by pip: ERROR: no such thing"),
    ],
)
def test_what_cannot_be_fetched_is_said_in_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, npm: str | None, message: str
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in (("npm", npm), ("python", "echo ERROR: no such thing >&2; exit 1")):
        if script:
            (programs / name).write_text(f"#!/bin/sh\n{script}\n")
            (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    with pytest.raises(NetspecError, match=message) as error, assets.assets(tmp_path / "kept"):
        pass
    assert error.value.help
    assert not (tmp_path / "kept" / "fetched").exists()
