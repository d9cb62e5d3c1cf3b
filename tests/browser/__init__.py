"""A real Chromium to look at pages with: `shoot` a picture, let `axe` judge, `ask` what came of the styles.

A target is HTML, or an address such as one that `served` gives. The browser is started when it is
first needed, once for each process of pytest, and reaches nothing but this machine.
"""

from __future__ import annotations

import atexit
import base64
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from feeds.publishing import Document

HERE = Path(__file__).parent


def shoot(target: str, width: int = 600, dark: bool = False) -> bytes:
    """The whole page as a PNG, so many CSS pixels wide."""
    return base64.b64decode(_told("shoot", target, width=width, dark=dark)["found"])


def axe(target: str, dark: bool = False, width: int = 600) -> list[str]:
    """What axe-core has against the page, one line for each element; best practices included."""
    return list(_told("axe", target, width=width, dark=dark)["found"])


def ask(target: str, script: str, *, width: int = 600, dark: bool = False, keys: Iterable[str] = ()) -> Any:
    """What a JavaScript expression says on the page, after some keys were pressed (Tab, Enter …)."""
    return _told("ask", target, script=script, width=width, dark=dark, keys=[*keys])["found"]


def foreign(target: str) -> list[str]:
    """The addresses of other hosts that the page asked for; none of them was reached."""
    return list(_told("ask", target, script="0")["foreign"])


@contextmanager
def served(documents: Iterable[Document]) -> Iterator[str]:
    """Serve documents on the loopback, each at its path as its media type; the base address, with a /."""
    files = {f"/{document.path}": document for document in documents}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            document = files.get(path) or files.get(f"{path}index.html")
            self.send_response(200 if document else 404)
            self.send_header("Content-Type", document.media_type if document else "text/plain")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(document.content if document else b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def _told(verb: str, target: str, **request: Any) -> Mapping[str, Any]:
    page = Document("index.html", target.encode(), "text/html; charset=utf-8")
    with nullcontext(target) if target.startswith("http://") else served([page]) as url:
        asked = {"verb": verb, "url": url, "width": 600, "height": 900, "dark": False, "keys": [], **request}
        browser = _browser()
        assert browser.stdin
        assert browser.stdout
        browser.stdin.write(json.dumps(asked) + "\n")
        browser.stdin.flush()
        told: Mapping[str, Any] = json.loads(browser.stdout.readline() or '{"problem": "the browser ended"}')
    assert "problem" not in told, told["problem"]
    return told


@lru_cache(maxsize=1)
def _browser() -> subprocess.Popen[str]:
    assert (HERE / "node_modules").is_dir(), f"run `npm ci` in {HERE}"
    chromium = shutil.which("chromium")
    assert chromium, "chromium is missing; run `make system`"
    command = ["node", str(HERE / "browser.mjs"), chromium]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(_end, started)
    return started


def _end(browser: subprocess.Popen[str]) -> None:
    """Closing its stdin lets it close Chromium and go."""
    browser.communicate(timeout=30)
