"""Two sweeps at the same time, of which one is killed while it saves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from typing import Any

import postgres
import pytest
from sweeping import LR, SPEC
from tiny import HERE

TRIALS = 3
WORDS = ["sweep", "net.yaml", "--vary", LR, "--vary", "vars.n=2..5", "--trials", str(TRIALS),
         "--pruner", "none", "--seeds", "1", "--best", "1", "--format", "json"]  # fmt: skip
PAIRS = """
import json, os, sys, time
from pathlib import Path
import netspec.runner.train, netspec.sweep.work
import sklearn.datasets, torch._dynamo  # which every sweep would import for itself
from netspec.cli import main
from netspec.disk import failpoint

netspec.runner.train.draw = lambda *_: None

def start(out, words, dies):
    if process := os.fork():
        return process
    if dies:
        failpoint._place, failpoint._left = "last.ckpt:half", 2
    os.dup2(os.open(out + ".json", os.O_WRONLY | os.O_CREAT), 1)
    sys.argv = ["netspec", *words, "--out", out]
    main()

for a, b, *words in json.loads(sys.argv[1]):
    for folder in a, b:
        Path(folder).parent.mkdir(exist_ok=True)
    one = start(a, words, True)
    while not list(Path(a).glob("runs/net/1/metrics.jsonl")):
        time.sleep(0.02)
    two = start(b, words, False)
    print([os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in (one, two)])
"""
"""Starts pairs of sweeps, in processes that share what they import."""


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The exit codes of both by what they share, and the folder that they ran in under `here`."""
    here = tmp_path_factory.mktemp("two")
    (here / "net.yaml").write_text(SPEC)
    pairs = {"folder": ["one/s", "one/s", *WORDS]}
    with nullcontext() if postgres.why_not() else postgres.server() as address:
        if address:  # each has a folder that the other one does not see
            pairs["database"] = ["a/s", "b/s", *WORDS, "--storage", address]
        done = subprocess.run(
            [sys.executable, "-c", PAIRS, json.dumps([*pairs.values()])], cwd=here, text=True,
            capture_output=True, check=False,
            env=os.environ | HERE | {"PGPASSWORD": postgres.PASSWORD},
        )  # fmt: skip
    assert "Traceback" not in done.stderr
    codes = map(json.loads, done.stdout.splitlines())
    return dict(zip(pairs, codes, strict=True)) | {"here": here}


@pytest.mark.parametrize(("shared", "place"), [("folder", "one"), ("database", "b")])
def test_no_trial_is_lost_or_done_twice_where_one_of_two_sweeps_is_killed(
    ended: dict[str, Any], shared: str, place: str
) -> None:
    if shared not in ended:
        pytest.skip(str(postgres.why_not()))
    assert ended[shared] == [-9, 0]
    found = json.loads((ended["here"] / place / "s.json").read_text())
    assert [one["number"] for one in found["trials"]] == list(range(TRIALS))
    assert {one["state"] for one in found["trials"]} == {"finished"}
    assert len({json.dumps(one["values"]) for one in found["trials"]}) == TRIALS
    assert len(found["seeded"][0]["test"]) == 1
    for trial in range(TRIALS):
        run = ended["here"] / place / "s" / "runs" / "net" / str(trial + 1)
        rows = (run / "metrics.jsonl").read_text().splitlines()
        assert [json.loads(row)["epoch"] for row in rows] == [1, 2]


def test_the_password_is_in_no_file(ended: dict[str, Any]) -> None:
    files = [file for file in ended["here"].rglob("*") if file.is_file()]
    assert len(files) > 20
    assert not [file for file in files if postgres.PASSWORD.encode() in file.read_bytes()]
