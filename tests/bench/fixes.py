"""Hold fixes against many drawn specs: python tests/bench/fixes.py [COUNT]."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import test_fixes
from hypothesis import given, settings


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    began = time.perf_counter()
    told: Any = test_fixes.test_fixed_specs_are_clean_stay_so_and_keep_what_is_right
    hold = given(test_fixes.specs())(told.hypothesis.inner_test)
    settings(max_examples=count, deadline=None, database=None)(hold)()
    print(f"{count:,} specs held in {time.perf_counter() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
