"""Helps the readers' modules: finds libraries and programs and converts values."""

from __future__ import annotations

import calendar
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from .contract import ReaderError

HERE = Path(__file__).parent

# What stays as it is in an address; the rest is percent-encoded.
_ALLOWED = "!#$%&'()*+,/:;=?@[]^|~"


def library(name: str, package: str) -> Any:
    """Import a library of PyPI; untyped, as most of the readers are."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ReaderError(f"no {name} ({error}): run `pip install {package}`") from error


def program(name: str, install: str) -> str:
    """Find a program, first among those of the running Python's environment."""
    places = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        raise ReaderError(f"no {name}: run `{install}`")
    return found


def run(
    command: Sequence[str],
    *,
    stdin: bytes = b"",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a reader's program; an exit other than 0 is an error that says what it wrote."""
    done = subprocess.run(
        command, input=stdin, capture_output=True, cwd=cwd, env=env, check=False, timeout=300
    )
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise ReaderError(f"{Path(command[0]).name} exited {done.returncode}: {said}")
    return done


def private_home(home: Path) -> dict[str, str]:
    """Give an environment in which a program leaves the user's own files alone."""
    kept = {key: os.environ[key] for key in ("PATH",) if key in os.environ}
    folders = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "TMPDIR": home}
    return kept | {key: str(folder) for key, folder in folders.items()} | {"LC_ALL": "C.UTF-8"}


def node(script: str, documents: Sequence[Path]) -> list[Any]:
    """Run one of the .mjs files beside this one on all documents: a value for each."""
    if not (HERE / "node_modules").is_dir():
        raise ReaderError(f"no node_modules: run `npm ci --prefix {HERE}`")
    executable = program("node", "apt-get install -y nodejs")
    paths = json.dumps([str(document) for document in documents]).encode()
    values: list[Any] = json.loads(run([executable, str(HERE / script)], stdin=paths).stdout)
    return values


def from_struct(moment: time.struct_time | None) -> datetime | None:
    """Convert feedparser's dates, which are in UTC."""
    return moment and datetime.fromtimestamp(calendar.timegm(moment), UTC)


def from_seconds(moment: int | str | None) -> datetime | None:
    """Convert a count of seconds; the readers that count have 0 or nothing for no date."""
    return datetime.fromtimestamp(int(moment), UTC) if moment else None


def from_iso(moment: str | None) -> datetime | None:
    """Convert an ISO 8601 date, which must say its offset."""
    if not moment:
        return None
    read = datetime.fromisoformat(moment)
    if read.tzinfo is None:
        raise ReaderError(f"a date without an offset: {moment}")
    return read.astimezone(UTC)


def web_address(address: str) -> str:
    """Write an address as browsers do, which is what readers that parse addresses keep."""
    scheme, host, path, query, fragment = urlsplit(address)
    if host and not host.isascii():
        host = host.encode("idna").decode()
    rest = (quote(part, safe=_ALLOWED) for part in (path or "/", query, fragment))
    return urlunsplit((scheme.lower(), host.lower(), *rest))


def name_of(author: str) -> str:
    """Give the name of an RSS author written "mail@host (Name)", as the board advises."""
    match = re.fullmatch(r"[^\s@]+@[^\s@]+ \((.*)\)", author.strip(), re.DOTALL)
    return match[1] if match else author.strip()


def void_tags(content: str | None) -> str | None:
    """Write <br /> as <br>, and attributes by name: feedparser's sanitiser, in two readers, does not."""
    return content and re.sub(
        r"<([a-z0-9]+)((?: [a-z-]+=\"[^\"]*\")+)", _sorted, re.sub(r"\s*/>", ">", content)
    )


def _sorted(tag: re.Match[str]) -> str:
    return f"<{tag[1]}" + "".join(sorted(re.findall(r" [a-z-]+=\"[^\"]*\"", tag[2])))


def length_of(length: int | str | None) -> int | None:
    """Convert an enclosure's length, which some readers leave as it was written."""
    return None if length in (None, "") else int(length)
