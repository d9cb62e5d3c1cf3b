"""A bucket of S3, or of anything that speaks its language, by obstore; the fence around it.

obstore was measured against s3fs: it imports in 0.03 s as against 0.55 s, takes 17 MB of disk as
against 52 MB and nothing besides itself, and is the same Rust code (object_store) for every cloud.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from feeds.errors import Fault, OutputError, Place, PluginError

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_ENDPOINT = re.compile(r"https?://(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?(?:/[\w./~-]*)?", re.ASCII)
_PLACE = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?")
_ADVICE = {
    "301": "lies in another region; see AWS_REGION",
    "401": "does not know these keys; see AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "403": "lets these keys not in; see AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what they may do there",
    "404": "has no such bucket; make it first, or see AWS_ENDPOINT_URL and AWS_REGION",
}
_OTHERWISE = "does not answer as S3 does; see AWS_ENDPOINT_URL, AWS_REGION and AWS_ACCESS_KEY_ID"


@dataclass(frozen=True)
class Bucket:
    """A bucket, or what stands below a prefix in it."""

    place: str
    store: Any

    def tags(self) -> Mapping[str, str]:
        """Every object there, with its entity tag."""
        import obstore

        with _fenced(self.place):
            pages = obstore.list(self.store, chunk_size=1000)
            return {found["path"]: found["e_tag"] or "" for page in pages for found in page}

    def read(self, name: str) -> bytes | None:
        """An object, or None where there is none."""
        import obstore

        with _fenced(self.place):
            try:
                return bytes(obstore.get(self.store, name).bytes())
            except FileNotFoundError:
                return None

    def put(self, name: str, content: bytes | Path, headers: Mapping[str, str]) -> str:
        """Write an object in one step; its entity tag."""
        import obstore

        with _fenced(self.place):
            told: Any = dict(headers)
            return obstore.put(self.store, name, content, attributes=told)["e_tag"] or ""

    def delete(self, name: str) -> None:
        """Remove an object."""
        import obstore

        with _fenced(self.place):
            obstore.delete(self.store, name)


def bucket(target: str, environment: Mapping[str, str] = os.environ) -> Bucket:
    """The bucket at `s3://bucket/prefix`; keys are the environment's, or those of the machine's own role.

    Raises `OutputError` for an address that is none, and `PluginError` where obstore is not installed.
    """
    found = _PLACE.fullmatch(target)
    if found is None:  # it may hold a key, so it is not repeated
        raise OutputError(Fault(Place("TARGET"), "is no bucket; write s3://bucket/prefix, without any key"))
    try:
        from obstore.store import S3Store
    except ImportError:
        problem = "needs a package that is not there; run pip install 'feeds[storage]'"
        raise PluginError(Fault(Place("feeds publish"), problem)) from None
    endpoint = _endpoint(environment)
    config: Any = {"endpoint": endpoint} if endpoint else {}
    with _fenced(target):
        store = S3Store(
            found[1],
            prefix=(found[2] or "").strip("/") or None,
            config=config,
            client_options={"allow_http": endpoint.startswith("http://"), "timeout": timedelta(minutes=5)},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
        )
    return Bucket(target, store)


def _endpoint(environment: Mapping[str, str]) -> str:
    """Where to go instead of Amazon. Raises `OutputError`, for obstore panics at what is no address."""
    name = next((name for name in _ENDPOINTS if environment.get(name)), "")
    given = environment.get(name, "")
    if given and not _ENDPOINT.fullmatch(given):
        raise OutputError(Fault(Place(name), "is no address; write http://host:port or https://host"))
    return given


@contextmanager
def _fenced(place: str) -> Iterator[None]:
    """Nothing of obstore gets out: its messages hold addresses and whatever a server says of our keys."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError, ValueError) as refusal:
        raise OutputError(Fault(Place(place), _told(str(refusal)))) from None


def _told(message: str) -> str:
    """What to do, with a server's status and its own word for it, out of a long message."""
    status = re.search(r"status code: (\d{3})", message)
    code = re.search(r"<Code>([A-Za-z]{3,40})</Code>", message)
    said = " ".join(found[1] for found in (status, code) if found)
    advice = _ADVICE.get(status[1] if status else "", _OTHERWISE)
    return f"{advice} (it said {said})" if said else advice
