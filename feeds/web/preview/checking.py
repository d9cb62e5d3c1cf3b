"""The whole check, in a process of its own, so that the page never waits for it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from feeds.errors import Fault, Place

PATIENCE = 1.5
"""Seconds without a change before it begins: who is writing changes the file again."""


async def check(root: Path, now: datetime) -> tuple[Fault, ...]:
    """What `feeds check` says of a project. Whoever cancels it ends the process."""
    await asyncio.sleep(PATIENCE)
    command = ("-m", "feeds", "check", "--json", "--folder", str(root), "--now", now.isoformat())
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    with suppress(AttributeError, OSError):  # Windows has no such thing
        os.setpriority(os.PRIO_PROCESS, process.pid, 10)  # the page comes first
    try:
        told, _ = await process.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    return _faults(told)


def _faults(told: bytes) -> tuple[Fault, ...]:
    try:
        tables = json.loads(told)
    except ValueError:  # it stopped before it could tell anything
        return ()
    return tuple(
        Fault(
            Place(table["file"], table["line"] or 0, table["field"] or ""), table["problem"], table["warning"]
        )
        for table in tables
    )
