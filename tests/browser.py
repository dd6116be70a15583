"""Pages in a headless Chromium, driven by playwright-core: what a person would do, and see."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Self

import pytest

DRIVER = Path(__file__).with_suffix(".mjs")
HOME = "NETSPEC_BROWSER"


class Browser:
    """One Chromium for many pages; use the fixture `browser`, which skips where there is none."""

    def __init__(self) -> None:
        home = os.environ.get(HOME)
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        if not home:
            pytest.skip(f"{HOME} names no folder where npm has installed playwright-core, axe-core")
        if not chromium or not shutil.which("node"):
            pytest.skip("no chromium or no node here")
        self.process = subprocess.Popen(
            ["node", str(DRIVER), str(Path(home).resolve()), chromium],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()  # then it closes its Chromium and ends
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.stdout.close()

    def run(
        self,
        page: Path | str,
        script: str,
        args: Any = None,
        *,
        allowed: tuple[str, ...] = (),
        seconds: float = 60,
        **options: Any,
    ) -> Any:
        """What a script returns in a page: a file, or an address.

        The script is the body of an async function of (page, args, axe, context), which are
        playwright's but for `args`, any JSON, and `axe()`, which gives axe-core's violations. A
        request for anything but the page itself, or what begins as one of `allowed` does, is not
        answered and fails, and so does an error in the page. Options are those of playwright's
        newContext, such as colorScheme="dark" and viewport={"width": 400, "height": 800}.
        """
        url = page.resolve().as_uri() if isinstance(page, Path) else page
        asked = {
            "url": url, "allowed": [url.split("#")[0], *allowed], "script": script, "args": args,
            "options": options, "limit": 1000 * seconds,
        }  # fmt: skip
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the browser has ended"
        got = json.loads(line)
        assert not got.get("failed"), got["failed"]
        assert got["requests"] == [], "the page asked for more than itself"
        assert got["errors"] == []
        return got["value"]
