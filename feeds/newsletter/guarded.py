"""Templates of others, rendered in a process of its own, which may break without harm.

The sandbox stops what a template must not do, but not a loop that takes hours, nor a crash of the
compiled engine. So a child renders what is not ours, under limits; it is started once, serves every
variant of a build, and is ended and replaced when it overruns.
"""

from __future__ import annotations

import atexit
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from feeds.errors import Fault, FeedsError, Place, TemplateError
from feeds.library import Issue
from feeds.templating import packaged

if TYPE_CHECKING:
    from feeds.newsletter.digest import Digest

SECONDS = 10
"""How much of the processor one digest may take; by the clock three times as much. 200 items take 0.5."""
MEMORY = 1 << 30
"""How many bytes of addresses the child may use; some 300 MB are Python's, ours and the engine's."""

_CHILD = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from feeds.newsletter.guarded import serve; serve()"
)
_NOT_RENDERED_HERE = frozenset(["locale", "web", "starter"])
"""Folders beside the digest's templates, which hold other things."""


def foreign(templates: Path | None) -> Path | None:
    """The folder of templates, if it is not ours and holds anything that a digest may be made of."""
    if templates is None or not templates.is_dir() or templates.resolve() == packaged().resolve():
        return None
    there = (path for path in templates.iterdir() if path.name not in _NOT_RENDERED_HERE)
    return templates.resolve() if any(there) else None


def compose(issue: Issue, templates: Path, seconds: float = SECONDS, memory: int = MEMORY) -> Digest:
    """The digest of an issue by somebody's templates, made in the child.

    Raises `TemplateError`, also where the child took too long, took too much or broke down.
    """
    from feeds.newsletter.digest import Digest

    with _lock:
        answer = _child((seconds, memory), _files(templates)).asked(issue, templates)
    if isinstance(answer, str):
        raise TemplateError(Fault(Place(f"{templates.name}/{issue.template}.mjml"), answer))
    if refused := answer.pop("faults", None):
        raise TemplateError([Fault(Place(*where), problem) for where, problem in refused])
    return Digest(issue=issue, **answer)


def serve() -> None:
    """The child: reads issues from stdin, writes digests to stdout, until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair, which ends us
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed is no answer
    seconds, memory = pickle.load(source)  # noqa: S301 - from our own parent
    _load()
    _limit_memory(memory)
    _say(target, "ready")
    while request := _read(source):
        _limit_time(seconds)
        _say(target, _answer(*request))


class _Child:
    """A process that composes digests, one after the other."""

    def __init__(self, limits: tuple[float, int], files: frozenset[Path]) -> None:
        self.limits = limits
        self.files = files
        self._process = subprocess.Popen(  # noqa: S603 - this Python, and our own words
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._late = False
        self._pipes = self._process.stdin, self._process.stdout
        with suppress(OSError):  # where it died at once, that is told when it is asked
            self._send(sys.path)
            self._send(self.limits)
            self._read()  # that it is ready: starting does not count

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def asked(self, issue: Issue, templates: Path) -> dict[str, Any] | str:
        """What the child answers, or in words why it did not."""
        timer = threading.Timer(self.limits[0] * 3, self._overrun)
        timer.start()
        try:
            self._send((issue, templates))
            line = self._read()
        except OSError:
            line = b""
        except BaseException:  # Ctrl-C: what is still to be answered, nobody waits for
            self.end()
            raise
        finally:
            timer.cancel()
        if line.endswith(b"\n"):
            answer: dict[str, Any] = json.loads(line)
            return answer
        self.end()
        return self._died()

    def end(self) -> None:
        """Make sure that it is gone."""
        self._process.kill()
        for pipe in self._pipes:
            _closed(pipe)
        self._process.wait()

    def _overrun(self) -> None:
        self._late = True
        self._process.kill()

    def _died(self) -> str:
        code = self._process.returncode
        if self._late or -code in _TIMES:
            return f"takes longer than {self.limits[0]:g} seconds; is there a loop in it that never ends?"
        name = signal.Signals(-code).name if code < 0 else f"status {code}"
        return f"breaks the engine down, or needs too much memory ({name})"

    def _send(self, value: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(pickle.dumps(value))
        self._process.stdin.flush()

    def _read(self) -> bytes:
        assert self._process.stdout
        return self._process.stdout.readline()


_lock = threading.Lock()
_children: list[_Child] = []
_TIMES = {getattr(signal, name) for name in ("SIGXCPU",) if hasattr(signal, name)}


def _child(limits: tuple[float, int], files: frozenset[Path]) -> _Child:
    """The child that is there; another one where a file has come or gone, which Jinja does not notice."""
    there = _children[0] if _children else None
    if not (there and there.alive and (there.limits, there.files) == (limits, files)):
        _end()
        _children.append(_Child(limits, files))
    return _children[0]


def _files(templates: Path) -> frozenset[Path]:
    return frozenset(path for path in templates.rglob("*") if path.is_file())


@atexit.register
def _end() -> None:
    while _children:
        _children.pop().end()


def _closed(pipe: IO[bytes] | None) -> None:
    with suppress(OSError):  # what was still to be written, nobody reads any more
        if pipe:
            pipe.close()


def _read(source: BinaryIO) -> tuple[Issue, Path] | None:
    try:
        request: tuple[Issue, Path] = pickle.load(source)  # noqa: S301 - from our own parent
    except EOFError:
        return None
    return request


def _answer(issue: Issue, templates: Path) -> dict[str, object]:
    from feeds.newsletter.digest import composed

    try:
        made = vars(composed(issue, templates)).copy()
    except FeedsError as refusal:
        return {"faults": [[_fields(fault.where), fault.problem] for fault in refusal.faults]}
    except MemoryError:
        where = [f"{templates.name}/{issue.template}.mjml"]
        return {"faults": [[where, "needs more memory than there is"]]}
    del made["issue"]
    return made


def _fields(place: Place) -> tuple[str, int, str]:
    return place.file, place.line, place.field


def _say(target: BinaryIO, answer: object) -> None:
    target.write(json.dumps(answer).encode() + b"\n")
    target.flush()


def _load() -> None:
    """All that is needed, so that the limits count the templates' own work."""
    import feeds.newsletter.digest  # noqa: F401
    from feeds.newsletter import mjml

    mjml.to_html("<mjml><mj-body></mj-body></mjml>", title="", language="en", direction="ltr")


def _limit_memory(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the clock's is the parent's
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _limit_time(seconds: float) -> None:
    """As much of the processor again as was used before, for the limit is the whole life's."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, most))
