"""The program: `netspec`, or `python -m netspec`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line without collecting garbage, which a check is over too soon to need.

    A command that runs longer turns the collector on again.
    """
    gc.disable()
    # No plugin of pydantic's has a say here, and looking for them reads about every package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from netspec import cli

    try:
        cli.main()
    except SystemExit as end:
        if "RANK" in os.environ:
            # Threads of torch's engine may outlive the interpreter, which then aborts the process.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(end.code if isinstance(end.code, int) else int(end.code is not None))
        raise
    finally:
        if not gc.isenabled():
            # The interpreter's last collection would walk every object only to free the process.
            gc.freeze()


if __name__ == "__main__":
    main()
