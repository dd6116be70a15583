"""A stand-in for Slurm on this machine: sbatch, srun and scontrol that start jobs at once.

It writes them into a folder that a test puts on its PATH; what they do is below, in `main`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

HOME = str(Path(__file__).parent)
NAMES = ("sbatch", "srun", "scontrol")


def install(folder: Path) -> Path:
    """The folder, with the commands in it, and with what they write: jobs.json."""
    folder.mkdir()
    for name in NAMES:
        file = folder / name
        file.write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {HOME!r})\n"
                        f"import slurm\nslurm.main({name!r}, sys.argv[1:])\n")  # fmt: skip
        file.chmod(0o755)
    return folder


def _start(script: str, said: dict[str, str]) -> None:
    text = Path(script).read_text()
    flags = dict(re.findall(r"^#SBATCH --([\w-]+)=(.*)$", text, flags=re.MULTILINE))
    output = flags["output"].replace("%j", said["SLURM_JOB_ID"])
    for sign, name in ("%A", "SLURM_ARRAY_JOB_ID"), ("%a", "SLURM_ARRAY_TASK_ID"):
        output = output.replace(sign, said.get(name, ""))
    with open(output, "a") as log:
        subprocess.Popen(
            ["bash", script], env=os.environ | said, stdout=log, stderr=log, start_new_session=True
        )


def main(name: str, words: list[str]) -> None:
    """Do what the command of this name does."""
    jobs = Path(os.environ["PATH"].partition(":")[0]) / "jobs.json"
    if name == "srun":
        first = next(i for i, word in enumerate(words) if re.search(r"/python[0-9.]*$", word))
        os.execvp(words[first], words[first:])
    elif name == "scontrol":  # requeue NUMBER, or NUMBER_i of an array
        script, told = json.loads(jobs.read_text())
        number = words[-1].rpartition("_")[2] if "_" in words[-1] else None
        _start(script, next(one for one in told if one.get("SLURM_ARRAY_TASK_ID") == number))
    else:
        text = Path(words[-1]).read_text()
        if "--partition=closed" in text:
            sys.exit("sbatch: error: invalid partition specified: closed")
        alike = {"SLURM_JOB_NUM_NODES": "1", "SLURM_NTASKS": "1", "SLURM_NODEID": "0",
                 "SLURM_PROCID": "0", "SLURM_LOCALID": "0"}  # fmt: skip
        array = re.search(r"--array=0-(\d+)", text)
        told = [alike | {"SLURM_JOB_ID": "7"}]
        if array:
            told = [
                alike | {"SLURM_JOB_ID": str(8 + i), "SLURM_ARRAY_JOB_ID": "7",
                         "SLURM_ARRAY_TASK_ID": str(i)}
                for i in range(int(array[1]) + 1)
            ]  # fmt: skip
        jobs.write_text(json.dumps([words[-1], told]))
        for one in told:
            _start(words[-1], one)
        print("Submitted batch job 7")
