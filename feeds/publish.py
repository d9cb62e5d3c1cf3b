"""Documents to files: only what changed, never half written, and nothing of anybody else's touched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """One file to be served: a path below the output folder, its bytes and their media type."""

    path: str
    content: bytes
    media_type: str
