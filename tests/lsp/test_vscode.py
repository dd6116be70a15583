"""The extension in a real VS Code, served to a headless Chromium."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from browser import Browser

ROOT = Path(__file__).parents[2]
HOME = os.environ.get("NETSPEC_VSCODE")
SPEC = """input: [1, 28, 28]
layers:
  - Conv2d: [8, 3, 1, 1]
  - BatchNorm2d
  - Flatten
  - Linear: 10
"""
READ = """
const shown = async (text) => { await page.getByText(text).first().waitFor(); return text; };
await shown("8×28×28");
await page.getByText("Conv2d").first().hover();
await shown("(28 + 2·1 − 3) / 1 + 1 = 28");
await shown("bias-before-norm");
const lines = await page.locator(".view-line").allInnerTexts();
return lines.map((line) => line.replace(/\\u00a0/g, " "));
"""

pytestmark = pytest.mark.skipif(
    HOME is None, reason="NETSPEC_VSCODE names no folder with code-server and netspec.vsix"
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a VS Code that has the extension and shows a spec."""
    home, data, work = Path(HOME or ""), tmp_path / "data", tmp_path / "work"
    node = home / "node" / "node_modules" / ".bin" / "node"
    code = [str(node), str(home / "node_modules" / "code-server" / "out" / "node" / "entry.js")]
    code += ["--user-data-dir", str(data), "--extensions-dir", str(tmp_path / "extensions")]
    for folder in (work, data / "User"):
        folder.mkdir(parents=True)
    (work / "spec.yaml").write_text(SPEC)
    settings = {
        "netspec.command": [sys.executable, "-m", "netspec", "lsp"],
        "workbench.startupEditor": "none",
        "security.workspace.trust.enabled": False,
    }
    (data / "User" / "settings.json").write_text(json.dumps(settings))
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths, "HOME": str(tmp_path)}
    installed = [*code, "--install-extension", str(home / "netspec.vsix")]
    subprocess.run(installed, env=environment, check=True, capture_output=True, timeout=60)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    alone = ["--auth", "none", "--disable-telemetry", "--disable-update-check"]
    with subprocess.Popen(
        [*code, *alone, "--bind-addr", address, str(work)], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        for _ in range(200):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0:
                    break
            time.sleep(0.1)
        opened = json.dumps([["openFile", f"vscode-remote://{address}{work / 'spec.yaml'}"]])
        yield f"http://{address}/?folder={work}&payload={opened}"
        running.terminate()


def test_figures_findings_and_hovers_are_shown(served: str, browser: Browser) -> None:
    lines = browser.run(served, READ, allowed=(served.partition("?")[0], "ws:"), ours=False)
    hints = [line.partition("→")[2].split() for line in lines if "→" in line]
    assert ["8×28×28", "80", "p", "field", "3"] in hints
    assert ["10", "62,730", "p"] in hints
