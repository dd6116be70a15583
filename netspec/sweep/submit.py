"""Workers as jobs of a cluster, which begin when there is room and go on after preemption."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import submitit
from submitit.core.utils import FailedJobError
from submitit.helpers import DelayedSubmission

from netspec.diagnostic import NetspecError, UsageError, nearest, short
from netspec.runner.machine.gpus import count
from netspec.sweep.sweep import SUBMITTED

COMMAND, FOLDER = (sys.executable, "-m", "netspec"), "jobs"
_NUMBERS = ("time", "cpus_per_task", "gpus_per_node", "gpus_per_task", "array_parallelism")
_LISTS = ("setup", "teardown", "srun_args")
_OURS = {
    "nodes", "ntasks_per_node", "num_gpus", "map_count", "command", "folder",
    "additional_parameters",
}  # fmt: skip
"""What says how a job is made up, which is one process that starts the others."""
_HOUR, _ALWAYS = 60, 1_000_000
"""Minutes of a job where nobody says, and how often it may run out of them."""
_YEARS = 10 * 365 * 24 * _HOUR


class Job:
    """The command in a process of its own, which saves when the job has to go."""

    def __init__(self, command: Sequence[str], folder: str) -> None:
        self.command, self.folder = command, folder
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self) -> None:
        """Run it to its end."""
        with _ignored():
            self._process = subprocess.Popen(  # noqa: S603
                self.command, cwd=self.folder, env=os.environ | {SUBMITTED: "1"}
            )
        code = self._process.wait()
        if code:
            raise RuntimeError(f"netspec sweep has ended with {code}")

    def checkpoint(self) -> DelayedSubmission:
        """What goes on in the job's place, after what was learnt is saved."""
        if self._process is not None:
            with suppress(OSError):  # it was quicker
                os.kill(self._process.pid, signal.SIGTERM)
                # Not by wait(), which has a lock that the one above holds.
                os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        return DelayedSubmission(Job(self.command, self.folder))


@contextmanager
def _ignored() -> Any:
    """Have what is started in here ignore the signal of preemption, which all of a job get."""
    signals = signal.SIGUSR1, signal.SIGUSR2
    before = [signal.signal(number, signal.SIG_IGN) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


class Submitted(NamedTuple):
    """A job that waits for its turn."""

    id: str
    log: Path


def settings(where: str, said: Sequence[str]) -> dict[str, Any]:
    """Parameters of a job from KEY=VALUE, by submitit's names.

    UsageError for what is no parameter, and where no job can be started.
    """
    if where != "slurm":
        if said:
            raise UsageError("--slurm is for --submit slurm", "leave it out")
        return {}
    if not (shutil.which("sbatch") and shutil.which("srun")):
        hint = "start it on a machine of the cluster, or --submit local"
        raise UsageError("--submit slurm: there is no sbatch here", hint)
    known = submitit.SlurmExecutor._valid_parameters() - _OURS
    found: dict[str, Any] = {"time": _HOUR}
    for one in said:
        key, equals, value = one.partition("=")
        if not equals or not value:
            raise UsageError(f"--slurm '{one}': expected KEY=VALUE", "such as --slurm time=240")
        if key not in known:
            hint = nearest(key, known) or f"known here: {', '.join(sorted(known))}"
            raise UsageError(f"--slurm {key}: no parameter of a job is called so", hint)
        if key in _NUMBERS and not (value.isdecimal() and int(value)):
            unit = "minutes" if key == "time" else "a whole number from 1"
            raise UsageError(f"--slurm {key}={value}: expected {unit}", f"such as {key}=60")
        if key in _LISTS:
            found.setdefault(key, []).append(value)
        else:
            found[key] = int(value) if value.isdecimal() else value
    return found


def submit(
    where: str, chosen: dict[str, Any], jobs: int, folder: Path, name: str
) -> list[Submitted]:
    """Have this command run as so many jobs; NetspecError where they are not taken."""
    job = Job([*COMMAND, *sys.argv[1:]], str(Path.cwd()))
    executor: Any
    try:
        if where == "slurm":
            executor = submitit.SlurmExecutor(folder / FOLDER, max_num_timeout=_ALWAYS)
            executor.update_parameters(**{"job_name": name, **chosen})
        else:
            executor = submitit.LocalExecutor(folder / FOLDER)
            executor.update_parameters(timeout_min=_YEARS, gpus_per_node=count())
        with executor.batch():
            began = [executor.submit(job) for _ in range(jobs)]
    except (FailedJobError, RuntimeError, OSError) as error:
        last = str(error).strip().splitlines()[-1:] or [type(error).__name__]
        message = f"no job was taken: {short(last[0], 200)}"
        raise NetspecError(message, "what it needs can be said with --slurm") from None
    return [Submitted(one.job_id, one.paths.stdout) for one in began]
