"""Write anew what follows from the code: schema, goldens, what README counts, prints and draws.

python tests/generated.py
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from netspec import rules
from netspec.pages.schema import text

ROOT = Path(__file__).parents[1]
SHOWN = "$ netspec check specs/\n"


def main() -> int:
    os.chdir(ROOT)
    Path("specs/netspec.schema.json").write_text(text(), encoding="utf-8")
    check = [sys.executable, "-m", "netspec", "check", "specs/"]
    table = subprocess.run(check, capture_output=True, text=True, check=True).stdout
    readme = Path("README.md").read_text(encoding="utf-8")
    before, _, after = readme.partition(SHOWN)
    readme = before + SHOWN + table + after[after.index("```") :]
    counted = f"{len(rules.names())} rules look for"
    Path("README.md").write_text(re.sub(r"\d+ rules look for", counted, readme), encoding="utf-8")
    drawn = [sys.executable, "-m", "netspec", "view", "specs/mnist-8k.yaml", "--boxes", "12"]
    subprocess.run([*drawn, "-o", "examples/mnist-8k.svg"], capture_output=True, check=True)
    golden = [sys.executable, "-m", "pytest", "-n0", "tests/render/test_formats.py", "--golden"]
    return subprocess.run(golden, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
