"""The outbox: each message becomes a file, and nobody gets mail because somebody tried the tool."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from feeds.delivery.transports.base import Connection, Envelope, Reply
from feeds.errors import DeliveryError, Fault, OutputError, Place
from feeds.publishing import replace_file


@dataclass(frozen=True)
class Outbox:
    """A folder that gets one .eml file for each message. Sent again, a message takes its own place."""

    folder: Path

    def open(self) -> Connection:
        """Make the folder, for our eyes only. Raises `DeliveryError` where the disk refuses."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as refusal:
            raise DeliveryError(
                Fault(Place(str(self.folder)), f"cannot be an outbox: {refusal.strerror}")
            ) from None
        return self

    def send(self, envelope: Envelope) -> Reply:
        """Write one message to its file, in one step; the answer names the file.

        A full disk is answered as a server would: 452, so that it is tried again later.
        """
        file = self.folder / file_name(envelope)
        try:
            replace_file(file, envelope.content)
        except OutputError as refusal:
            return Reply(452, "4.3.1", refusal.faults[0].problem, "dot")
        return Reply(250, "2.0.0", file.name, "dot")

    def close(self) -> None:
        """Nothing is open."""


def file_name(envelope: Envelope) -> str:
    """A name that is safe on every system, tells the recipient, and is the message's own."""
    seen = re.sub(r"[^A-Za-z0-9@.+-]", "_", envelope.recipient)[:80].strip(".")
    found = re.search(rb"(?mi)^Message-ID:\s*(\S+)", envelope.content)
    own = hashlib.sha256(envelope.recipient.encode() + b"\0" + (found[1] if found else envelope.content))
    return f"{seen}-{own.hexdigest()[:16]}.eml"
