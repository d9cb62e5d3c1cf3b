"""Bytes from an address, under limits: of time, of size, of redirects, and of where an address may lead.

What one request does is `feeds.network._httpcore`'s; here is what follows from its answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from feeds import values
from feeds.errors import Fault, FetchError, Place, one_line
from feeds.network._httpcore import addresses, exchange
from feeds.network.base import Answer, Deadline, Limits, Machine, PassingError, Request

__all__ = ["LIMITS", "MACHINE", "Fetched", "Limits", "Machine", "agent", "fetch", "post"]

LIMITS = Limits()
MACHINE = Machine()

_PASSING = {429, 502, 503, 504}
"""Answers that may be others in a moment."""
_KEEPING = {307, 308}
"""Redirects that keep what is sent (RFC 9110 sections 15.4.8 and 15.4.9)."""
_REDIRECTS = {301, 302, 303, *_KEEPING}
_FOR_ALL = {"user-agent", "accept", "accept-language", "content-type"}
"""Headers that go along to another host; whatever else was given is meant for the first alone."""
_BACK_OFF = 0.5
"""Seconds to wait before the first repetition; before each further one it is twice as long."""


@dataclass(frozen=True)
class Fetched:
    """What an address gave in the end."""

    address: str
    """Where it stood, after all redirects."""
    content: bytes
    media_type: str
    """Without parameters, in small letters; empty where nothing was said."""
    etag: str = ""
    modified: str = ""
    unchanged: bool = False
    """Whether the answer was 304 to the conditions in our headers; then there is no content."""


def fetch(
    address: str,
    *,
    limits: Limits = LIMITS,
    private: bool = False,
    headers: Mapping[str, str] | None = None,
    machine: Machine = MACHINE,
) -> Fetched:
    """What stands at an http or https address; lost connections and busy servers are tried again.

    Only public IP addresses are connected to, whatever a name or a redirect says. `private` is for
    an address that a person typed: then those of its own host are allowed too. Raises `FetchError`.
    """
    request = Request("GET", _typed(address), {**_headers(headers)})
    return _repeated(request, limits, machine, repetitions=limits.repetitions, private=private)


def post(  # noqa: PLR0913 - whoever calls it gives two or three; the others are there for tests
    address: str,
    fields: Mapping[str, str],
    *,
    repeatable: bool = False,
    limits: Limits = LIMITS,
    headers: Mapping[str, str] | None = None,
    machine: Machine = MACHINE,
) -> Fetched:
    """What a public address answers to a form. Raises `FetchError`.

    `repeatable` says that sending it twice does no harm (RFC 9110 section 9.2.2), so that it may
    be tried again. Redirects are followed only where they keep what is sent.
    """
    form = {"content-type": "application/x-www-form-urlencoded"}
    request = Request("POST", _typed(address), {**_headers(headers), **form}, urlencode(fields).encode())
    return _repeated(request, limits, machine, repetitions=limits.repetitions if repeatable else 0)


def agent(url: str = "") -> str:
    """Who we are, for User-Agent (RFC 9110 section 10.1.5), and the page that tells more."""
    from importlib.metadata import version

    return f"feeds/{version('feeds')}" + (f" (+{url})" if url else "")


def _repeated(
    request: Request, limits: Limits, machine: Machine, *, repetitions: int, private: bool = False
) -> Fetched:
    deadline = Deadline(machine, machine.clock() + limits.total)
    # As they are now: a name that changes its answer later gains nothing.
    trusted = addresses(request, limits, deadline) if private else frozenset()
    for repetition in range(repetitions):
        try:
            return _followed(request, limits, deadline, trusted)
        except PassingError as refusal:
            if refusal.wait > limits.pause:
                raise
            deadline.pause(max(refusal.wait, _BACK_OFF * 2**repetition))
    return _followed(request, limits, deadline, trusted)


def _followed(request: Request, limits: Limits, deadline: Deadline, trusted: frozenset[str]) -> Fetched:
    for _ in range(limits.redirects + 1):
        answer = exchange(request, limits, deadline, trusted)
        if answer.status not in _REDIRECTS:
            return _fetched(request, answer)
        request = _redirected(request, answer)
    raise request.error(f"is where {limits.redirects} redirects led, and there is one more")


def _fetched(request: Request, answer: Answer) -> Fetched:
    conditional = {"if-none-match", "if-modified-since"} & request.headers.keys()
    unchanged = answer.status == HTTPStatus.NOT_MODIFIED and bool(conditional)
    if not unchanged and not 200 <= answer.status < 300:
        raise _unwanted(request, answer)
    return Fetched(
        address=request.address,
        content=answer.content,
        media_type=answer.headers.get("content-type", "").partition(";")[0].strip().lower(),
        etag=answer.headers.get("etag", ""),
        modified=answer.headers.get("last-modified", ""),
        unchanged=unchanged,
    )


def _unwanted(request: Request, answer: Answer) -> FetchError:
    problem = f"answers {_status(answer.status)}"
    if answer.status not in _PASSING:
        return request.error(problem)
    wait = wait_asked(answer)
    asked = f", and asks to be left alone for {wait:,.0f} seconds" if wait else ""
    return PassingError(request.fault(problem + asked), wait)


def wait_asked(answer: Answer) -> float:
    """The seconds of Retry-After (RFC 9110 section 10.2.3); a date counts from the server's own clock."""
    asked = answer.headers.get("retry-after", "")
    if re.fullmatch("[0-9]{1,9}", asked):
        return float(asked)
    try:
        until, now = parsedate_to_datetime(asked), parsedate_to_datetime(answer.headers.get("date", ""))
        return max((until - now).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _redirected(request: Request, answer: Answer) -> Request:
    """The request that an answer sends us to. Raises `FetchError` where we must not go."""
    target = answer.headers.get("location", "")
    if not target:
        raise request.error(f"answers {_status(answer.status)}, and does not say where to")
    if request.method != "GET" and answer.status not in _KEEPING:
        raise request.error(f"has moved: {_status(answer.status)}; the new address is {_shown(target)}")
    try:
        address = _checked(target, request.address)
    except ValueError as refusal:
        raise request.error(f"redirects to {_shown(target)}, which {refusal}") from None
    if _origin(address) == _origin(request.address):
        return replace(request, address=address)
    public = {name: value for name, value in request.headers.items() if name in _FOR_ALL}
    return replace(request, address=address, headers=public)


def _typed(address: str) -> str:
    try:
        return _checked(address)
    except ValueError as refusal:
        raise FetchError(Fault(Place(_shown(address)), str(refusal))) from None


def _checked(address: str, base: str = "") -> str:
    """An http or https address in its normal form, without fragment. Raises ValueError without secrets."""
    named = False
    try:
        address = urljoin(base, address.strip())
        parts = urlsplit(address)
        named = "@" in parts.netloc
        if parts.scheme in ("http", "https") and not named:
            return urldefrag(values.address(address)).url
    except ValueError:
        pass
    if named:
        raise ValueError("carries a user name or password; leave it out")
    raise ValueError("is no web address; it must begin with http:// or https:// and a host")


def _shown(address: str) -> str:
    """An address for people to read; of a user name and password nothing is left."""
    return one_line(re.sub(r"(?<=//).*@", "", address, flags=re.DOTALL))


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _headers(given: Mapping[str, str] | None) -> dict[str, str]:
    return {"user-agent": agent(), "accept": "*/*"} | {
        name.lower(): value for name, value in (given or {}).items()
    }


def _status(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)
