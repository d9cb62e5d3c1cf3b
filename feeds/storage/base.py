"""The contract of a store of objects: names, bytes and a few headers, and no folders.

Everything raises `OutputError`, and no error holds a key or a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Store(Protocol):
    """A bucket, or a part of one. Threads may share it."""

    def tags(self) -> Mapping[str, str]:
        """Every object there, with its entity tag, which changes whenever its bytes do."""

    def read(self, name: str) -> bytes | None:
        """An object, or None where there is none."""

    def put(self, name: str, content: bytes | Path, headers: Mapping[str, str]) -> str:
        """Write an object in one step: who reads gets the old one or the new one. Its entity tag."""

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no fault."""
