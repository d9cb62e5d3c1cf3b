"""The list of subscribers, from files and to files."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from feeds.delivery.intake import entries
from feeds.delivery.ledger.base import Ledger
from feeds.delivery.subscribers import Enrolled, Entry, Subscriber, moment
from feeds.errors import Fault

COLUMNS = ("address", "state", "topics", "language", "consent", "consent_at", "confirmed_at")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows of a file."""

    enrolled: Enrolled
    refused: int


def import_file(
    ledger: Ledger, newsletter: str, stream: BinaryIO, name: str, refused: Callable[[Fault], None]
) -> Imported:
    """Put the rows of a CSV or JSON lines file on the list; each row that cannot be is told of.

    Who is on the list already stays as they are, so that importing again changes nothing and nobody
    who unsubscribed comes back. Raises `DeliveryError` where the file cannot be understood.
    """
    count = 0

    def taken() -> Iterator[Entry]:
        nonlocal count
        for found in entries(stream, name, how=f"imported from {name}"):
            if isinstance(found, Fault):
                count += 1
                refused(found)
            else:
                yield found

    return Imported(ledger.enrol(newsletter, taken()), count)


def export_csv(ledger: Ledger, newsletter: str, stream: TextIO) -> int:
    """Write the list as CSV that `import_file` reads; how many there are."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for one in ledger.subscribers(newsletter):
        writer.writerow(_fields(one).values())
        count += 1
    return count


def export_json(ledger: Ledger, newsletter: str, stream: TextIO) -> int:
    """Write the list as JSON lines that `import_file` reads; how many there are."""
    count = 0
    for one in ledger.subscribers(newsletter):
        stream.write(json.dumps(_fields(one), ensure_ascii=False) + "\n")
        count += 1
    return count


def _fields(one: Subscriber) -> dict[str, str]:
    consent, confirmed = one.consent, one.confirmed_at
    return {
        "address": one.address,
        "state": one.state,
        "topics": ",".join(one.topics),
        "language": one.language,
        "consent": consent.how,
        "consent_at": "" if consent.at is None else moment(consent.at).isoformat(),
        "confirmed_at": "" if confirmed is None else moment(confirmed).isoformat(),
    }
