"""`python -m feeds` and the command `feeds`: whatever happens, one line for it and an exit status."""

from __future__ import annotations

import os
import sys

from feeds.errors import one_line


def run() -> None:
    """Run the command line; never a traceback for what a person did, or for a pipe that closed."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them costs every command 25 ms
    try:
        from feeds.cli import main

        status = main(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = 130  # 128 + SIGINT, as shells have it
    except BrokenPipeError:
        # The reader has seen enough. What is still buffered goes nowhere, without a complaint at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except Exception as fault:
        # Not a fault of the person at the keyboard, so it is said as ours, and in one line all the same.
        if os.environ.get("FEEDS_DEBUG"):
            raise
        print(
            f"feeds: a fault of ours, not of yours: {type(fault).__name__}: {one_line(str(fault))}",
            file=sys.stderr,
        )
        print("Run it again with FEEDS_DEBUG=1 and send us what it prints.", file=sys.stderr)
        status = 70  # EX_SOFTWARE of sysexits.h
    sys.exit(status)


if __name__ == "__main__":
    run()
