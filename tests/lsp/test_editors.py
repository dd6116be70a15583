"""What `examples/editors` sets up: in a real Neovim, and as files that are what they should be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EDITORS = ROOT / "examples" / "editors"
ASK = """
local function wait(what) return vim.wait(20000, what, 50) end
assert(wait(function() return #vim.diagnostic.get(0) > 0 end), "no findings")
local found = {}
for _, one in ipairs(vim.diagnostic.get(0)) do
  table.insert(found, { one.lnum + 1, one.col + 1, one.code or "", one.message, one.source })
end
vim.api.nvim_win_set_cursor(0, { 4, 6 })
local at = vim.lsp.util.make_position_params()
local answers = vim.lsp.buf_request_sync(0, "textDocument/hover", at, 20000)
local hover
for _, answer in pairs(answers) do hover = answer.result.contents.value end
local file = io.open(vim.env.ANSWER, "w")
file:write(vim.json.encode({ found = found, hover = hover }))
file:close()
vim.cmd("qall!")
"""
SPEC = "input: [1, 28, 28]\nvars: {depth: 2}\nlayers:\n  - Conv2d: [8, 3, 1, 1]\n  - ReLU\n"


@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed")
def test_neovim_shows_findings_and_hovers(tmp_path: Path) -> None:
    pytest.importorskip("pygls")
    program = tmp_path / "bin" / "netspec"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m netspec "$@"\n')
    program.chmod(0o755)
    spec, ask, answer = (tmp_path / name for name in ("spec.yaml", "ask.lua", "answer.json"))
    spec.write_text(SPEC)
    ask.write_text(ASK)
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {
        **os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": paths, "ANSWER": str(answer), "HOME": str(tmp_path),
    }  # fmt: skip
    commands = [
        "filetype on",
        f"luafile {EDITORS / 'neovim.lua'}",
        f"edit {spec}",
        f"luafile {ask}",
    ]
    given = [part for command in commands for part in ("-c", command)]
    done = subprocess.run(
        ["nvim", "--headless", "-u", "NONE", "-i", "NONE", *given],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert answer.exists(), done.stderr
    shown = json.loads(answer.read_text())
    line, column, _, message, source = next(one for one in shown["found"] if one[0] == 2)
    assert (line, column, source) == (2, 1, "netspec")
    assert "variable 'depth' is never read" in message
    assert "(28 + 2·1 − 3) / 1 + 1 = 28" in shown["hover"]


def test_the_files_to_copy_start_the_server() -> None:
    helix = tomllib.loads((EDITORS / "helix.toml").read_text())
    server = helix["language-server"]["netspec"]
    assert [server["command"], *server["args"]] == ["netspec", "lsp"]
    lines = (EDITORS / "zed.json").read_text().splitlines()
    zed = json.loads("\n".join(line for line in lines if not line.startswith("//")))
    binary = zed["lsp"]["yaml-language-server"]["binary"]
    assert [binary["path"], *binary["arguments"]] == ["netspec", "lsp"]
    emacs = (EDITORS / "emacs.el").read_text()
    assert '"netspec" "lsp"' in emacs
    assert emacs.count("(") == emacs.count(")")


def test_the_extension_has_the_settings_of_the_server() -> None:
    pytest.importorskip("pygls")
    from netspec.lsp.settings import COMPLETIONS, LEVELS, Settings
    from netspec.pages.hints import FIGURES

    package = json.loads((EDITORS / "vscode" / "package.json").read_text())
    known = package["contributes"]["configuration"]["properties"]
    assert known.keys() == {f"netspec.{name}" for name in (*Settings._fields, "command")}
    for name, default in Settings()._asdict().items():
        given = known[f"netspec.{name}"]["default"]
        assert given == (list(default) if isinstance(default, tuple) else default)
    assert known["netspec.hints"]["items"]["enum"] == list(FIGURES)
    assert set(known["netspec.completion"]["enum"]) == set(COMPLETIONS)
    assert set(known["netspec.diagnostics"]["enum"]) == set(LEVELS)
    assert known["netspec.command"]["default"] == ["netspec", "lsp"]
