"""What is erased is gone from the disk too, also while another process has the ledger open."""

from __future__ import annotations

from pathlib import Path

from feeds.delivery.ledger import open_ledger
from tests.delivery.examples import OK, claimed, frozen, person, send


def test_nothing_of_an_erased_address_is_left_in_any_file(quick_folder: Path) -> None:
    where = str(quick_folder / "ledger.db")
    other, ledger = open_ledger(where), open_ledger(where)
    mailing = frozen(ledger, [person("somebody-in-particular@example.org"), person("b@example.org")])
    with ledger.sender() as sender:
        send(sender, claimed(sender, mailing.id), lambda job: OK)
    assert other.find("weekly", "somebody-in-particular@example.org")
    assert ledger.erase("somebody-in-particular@example.org") == 1
    left = b"".join(file.read_bytes() for file in quick_folder.iterdir())
    assert b"somebody-in-particular" not in left
    assert b"b@example.org" in left
    ledger.close()
    other.close()
