"""SMTP (RFC 5321) over verified TLS: one connection for many messages, commands sent in one go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from feeds.delivery.faultpoints import fault
from feeds.delivery.transports.base import Connection, ConnectionLost, Envelope, Reply, Stage
from feeds.delivery.transports.handshake import dialled, introduced
from feeds.delivery.transports.relay import SmtpSettings
from feeds.delivery.transports.wire import Wire, as_reply
from feeds.errors import DeliveryError, Fault, Place


@dataclass(frozen=True)
class Smtp:
    """The transport to one relay."""

    settings: SmtpSettings

    def open(self) -> Connection:
        """Connect, encrypt, say hello and log in. Raises `ConnectionLost` or `Refused`."""
        wire = Wire(dialled(self.settings), self.settings.patience)
        try:
            return Session(wire, introduced(wire, self.settings))
        except BaseException:
            wire.close()
            raise


@dataclass
class Session:
    """A connection to a relay that is ready for messages."""

    wire: Wire
    offers: Mapping[str, str]
    """The extensions that the server offers, upper-case, each with its parameters."""
    alive: bool = True
    unsettled: bool = False
    """Whether a refused message has to be forgotten (RSET) before the next."""

    def send(self, envelope: Envelope) -> Reply:
        """Send one message. Raises `ConnectionLost`."""
        if not self.alive:
            raise ConnectionLost("connect", "closed already")
        if impossible := _impossible(envelope, self.offers):
            return impossible
        content = envelope.content if envelope.dotted else ready(envelope.content)
        self.alive = False  # until it is known to be all right again
        if refusal := self._offer(envelope, len(content)):
            self.alive = refusal.code != 421
            return refusal
        return self._deliver(content)

    def close(self) -> None:
        """Say goodbye."""
        if self.alive:
            self.wire.goodbye()
        self.wire.close()
        self.alive = False

    def _offer(self, envelope: Envelope, size: int) -> Reply | None:
        """Everything up to the content: the answer of whoever refused, or None for go on."""
        commands = _commands(envelope, size, self.offers)
        if self.unsettled:
            self._settle()
        refusal = self._together(commands) if "PIPELINING" in self.offers else self._in_turn(commands)
        if refusal is None and not self.wire.silent:
            raise ConnectionLost("data", "the server spoke out of turn")
        self.unsettled = refusal is not None
        return refusal

    def _deliver(self, content: bytes) -> Reply:
        try:
            self.wire.write(content + b".\r\n", "dot")
        except ConnectionLost:
            if words := self.wire.last_words():
                return words
            raise
        fault("smtp after-dot")
        reply = self.wire.reply("dot", lost="after-dot")
        if reply.code < 400 and not reply.accepted:
            raise ConnectionLost("after-dot", f"an answer that means nothing: {reply}")
        self.alive = reply.code != 421
        return reply

    def _settle(self) -> None:
        self.wire.write(b"RSET\r\n", "mail")
        reply = self.wire.reply("mail")
        if reply.code != 250:
            raise ConnectionLost("mail", f"RSET was answered {reply}")
        self.unsettled = False

    def _in_turn(self, commands: list[tuple[Stage, bytes]]) -> Reply | None:
        for stage, command in commands:
            self.wire.write(command, stage)
            code, lines = self.wire.answer(stage)
            if not _goes_on(code, stage):
                return as_reply(code, lines, stage)
        return None

    def _together(self, commands: list[tuple[Stage, bytes]]) -> Reply | None:
        self.wire.write(b"".join(command for _, command in commands), "mail")  # RFC 2920 section 3.1
        for number, (stage, _) in enumerate(commands, 1):
            code, lines = self.wire.answer(stage)
            if not _goes_on(code, stage):
                if code != 421:
                    self._finish(commands[number:])
                return as_reply(code, lines, stage)
        return None

    def _finish(self, commands: list[tuple[Stage, bytes]]) -> None:
        """Read the answers to what went out together with a command that was refused."""
        try:
            for stage, _ in commands:
                if self.wire.reply(stage).code == 354:  # content for nobody: give it none
                    self.wire.write(b".\r\n", "dot")
                    self.wire.reply("dot")
        except ConnectionLost:  # takes nothing away from the refusal; the next message will notice
            self.wire.close()


def ready(content: bytes) -> bytes:
    """A message with its dots doubled (RFC 5321 section 4.5.2).

    Raises `DeliveryError` for a bare CR or LF, by which one message could pose as two, and for a
    line of more than 998 bytes.
    """
    broken = re.search(rb"\r(?!\n)|(?<!\r)\n", content) or not content.endswith(b"\r\n")
    if broken or max(map(len, content.split(b"\r\n"))) > 998:
        raise DeliveryError(Fault(Place("message"), "has a line without CRLF, or of more than 998 bytes"))
    return re.sub(rb"(?m)^\.", b"..", content)


def _commands(envelope: Envelope, size: int, offers: Mapping[str, str]) -> list[tuple[Stage, bytes]]:
    extras = f" SIZE={size}" if "SIZE" in offers else ""
    if not envelope.recipient.isascii():
        extras += " BODY=8BITMIME SMTPUTF8"
    return [
        ("mail", f"MAIL FROM:<{envelope.sender}>{extras}\r\n".encode()),
        ("rcpt", f"RCPT TO:<{envelope.recipient}>\r\n".encode()),
        ("data", b"DATA\r\n"),
    ]


def _impossible(envelope: Envelope, offers: Mapping[str, str]) -> Reply | None:
    """What the server would have to refuse, in the words it would use."""
    if not (envelope.recipient + envelope.sender).isascii() and not {"SMTPUTF8", "8BITMIME"} <= offers.keys():
        return Reply(553, "5.6.7", "the relay takes no address beyond ASCII (SMTPUTF8)", "rcpt")
    most = offers.get("SIZE", "")
    if most.isascii() and most.isdecimal() and 0 < int(most) < len(envelope.content):
        return Reply(552, "5.3.4", f"the relay takes no message of over {most} bytes", "mail")
    return None


def _goes_on(code: int, stage: Stage) -> bool:
    """Whether the next step may follow; an answer that means nothing here loses the connection."""
    if code >= 400:
        return False
    if (code == 354) != (stage == "data"):
        raise ConnectionLost(stage, f"the code {code} means nothing here")
    return True
