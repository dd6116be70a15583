from __future__ import annotations

import os
from pathlib import Path

from netspec.runner.run.lock import _let_go
from netspec.sweep.place import Place


def test_a_claim_is_one_process_s_until_that_is_gone(tmp_path: Path) -> None:
    place = Place(tmp_path, "net")
    lock = place.claim("trial-0")
    assert lock
    assert place.claim("trial-0") is None
    assert place.claim("trial-1")
    assert list(place.claims_of(os.getpid())) == ["trial-0", "trial-1"]
    assert list(place.claims_of(1)) == []
    _let_go()
    assert place.claim("trial-0")
    _let_go()


def test_deaths_are_counted_as_long_as_a_run_gets_no_further(tmp_path: Path) -> None:
    place = Place(tmp_path, "net")
    place.claim("trial-0")
    run = place.run(0)
    assert [place.died("trial-0", run) for _ in range(2)] == [1, 2]
    run.mkdir(parents=True)
    (run / "metrics.jsonl").write_text("{}\n")
    assert place.died("trial-0", run) == 1
    _let_go()
