"""The playground in a headless Chromium: its size, its start, and an edit until it is answered.

    netspec playground site specs/mnist-8k.yaml specs examples
    NETSPEC_BROWSER=DIR python tests/bench/bench_playground.py site

In DIR npm has installed playwright-core. The start is that of a browser which has nothing of it
yet; an edit is a comment that changes, from then until findings, hints and view are there.
"""

from __future__ import annotations

import gzip
import statistics
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import Browser  # noqa: E402

SPECS = ("specs/mnist-8k.yaml", "examples/resnet50.yaml", "examples/densenet121.yaml")
STARTS, EDITS = 3, 15
DONE = """
const state = (test) => page.waitForFunction((start) =>
  document.getElementById("state").textContent.startsWith(start), test);
const done = () => state("checked");
const limit = (ms) => page.evaluate((ms) => {
  document.body.dataset.limit = ms;
  document.getElementById("state").textContent = "before";
}, ms);
const put = (text) => page.setInputFiles("#file",
  { name: "a.yaml", mimeType: "text/yaml", buffer: Buffer.from(text) });
"""
START = (
    DONE
    + """
const begun = Date.now();
await page.waitForFunction(() => document.querySelector("#view svg"));
const shown = Date.now() - begun;
await done();
return [shown, Date.now() - begun];
"""
)
EDIT = (
    DONE
    + """
await done();
const times = {};
for (const [name, text] of Object.entries(args.specs)) {
  times[name] = [];
  for (let i = 0; i <= args.edits; i++) {
    await limit("60000");
    const begun = Date.now();
    await put(`${text}\\n# ${i}\\n`);
    await done();
    const said = await page.textContent("#state");
    if (i) times[name].push([Number(/[0-9]+/.exec(said)[0]), Date.now() - begun]);
  }
}
await limit("1");
await put(args.specs[args.slow] + "\\n# slow\\n");
await page.waitForFunction(() => document.getElementById("said").textContent.startsWith("stopped"));
await limit("60000");
const begun = Date.now();
await put(args.specs[args.slow]);
await done();
return { times, again: Date.now() - begun };
"""
)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def sizes(folder: Path) -> None:
    files = sorted((file for file in folder.rglob("*") if file.is_file()), key=lambda f: f.name)
    both = {file: (file.stat().st_size, len(gzip.compress(file.read_bytes()))) for file in files}
    for file, (raw, packed) in sorted(both.items(), key=lambda one: -one[1][1]):
        name = file.relative_to(folder).as_posix()
        print(f"{name:32} {raw / 1000:10,.0f} kB {packed / 1000:8,.0f} kB gzipped")
    raw, packed = (sum(column) for column in zip(*both.values(), strict=True))
    print(f"{'in all':32} {raw / 1000:10,.0f} kB {packed / 1000:8,.0f} kB gzipped")


def main() -> None:
    folder = Path(sys.argv[1])
    sizes(folder)
    specs = {name: (ROOT / name).read_text("utf-8") for name in SPECS}
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server,
        Browser() as browser,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}/"
        run = partial(browser.run, here, allowed=(here,), seconds=600)
        starts = [run(START) for _ in range(STARTS)]
        print(
            "start: figures of before after", *[f"{shown / 1000:.1f}" for shown, _ in starts], "s;"
        )
        print("  netspec's own answer after", *[f"{ready / 1000:.1f}" for _, ready in starts], "s")
        told = run(EDIT, {"specs": specs, "edits": EDITS, "slow": SPECS[-1]})
        for name, times in told["times"].items():
            asked, whole = (statistics.median(column) for column in zip(*times, strict=True))
            print(f"{name}: {asked:.0f} ms until the answer, {whole:.0f} ms until it is shown")
        print(f"after a spec that was stopped: {told['again'] / 1000:.1f} s until the next answer")
        server.shutdown()


if __name__ == "__main__":
    main()
