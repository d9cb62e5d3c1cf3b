"""Return paths that know whose they are (VERP): a bounce tells issue and subscriber, and proves it.

A token is the two numbers and 128 bits of HMAC-SHA256 over them, in hexadecimal, because some servers
change the case of an address. Whoever holds a message can forge its own bounce, and no other.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field

from feeds.errors import DeliveryError, Fault, Place

# In all at most 54 letters, for a local part has 64 at most (RFC 5321 section 4.5.3.1.1).
_TOKEN = r"([0-9a-f]{1,8})-([0-9a-f]{1,12})-[0-9a-f]{32}"  # noqa: S105 - its form
_ISSUES = 1 << 32
_SUBSCRIBERS = 1 << 48


@dataclass(frozen=True)
class Whose:
    """The delivery that a token names."""

    issue: int
    subscriber: int


@dataclass(frozen=True)
class Verp:
    """Makes and reads the return paths and Message-IDs of one domain.

    The first key signs, each of them verifies, so that a key can be replaced without losing bounces
    that are under way. A key has at least 16 bytes.
    """

    domain: str
    keys: tuple[bytes, ...] = field(repr=False)
    prefix: str = "bounce"

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) < 16 for key in self.keys):
            raise _refused("needs a key of at least 16 bytes")
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,8}", self.prefix):
            raise _refused(f"the prefix “{self.prefix}” must be up to 9 small letters and digits")

    def return_path(self, issue: int, subscriber: int) -> str:
        """`bounce+TOKEN@domain`, for MAIL FROM."""
        return f"{self.prefix}+{_token(self.keys[0], 'bounce', issue, subscriber)}@{self.domain}"

    def message_id(self, issue: int, subscriber: int) -> str:
        """`<TOKEN@domain>`: the same for each attempt, so that a double can be told (RFC 7352)."""
        return f"<{_token(self.keys[0], 'message', issue, subscriber)}@{self.domain}>"

    def bounced(self, text: str) -> Whose | None:
        """Whose return path stands in a text such as a To header; None if there is none of ours."""
        return self._found(rf"{re.escape(self.prefix)}\+({_TOKEN})@{re.escape(self.domain)}", "bounce", text)

    def numbered(self, text: str) -> Whose | None:
        """Whose Message-ID stands in a text; None if there is none of ours."""
        return self._found(rf"<({_TOKEN})@{re.escape(self.domain)}>", "message", text)

    def _found(self, pattern: str, purpose: str, text: str) -> Whose | None:
        for found in re.finditer(rf"(?<![\w.+-]){pattern}(?![\w.-])", text.lower(), re.ASCII):
            issue, subscriber = int(found[2], 16), int(found[3], 16)
            made = [_token(key, purpose, issue, subscriber) for key in self.keys]
            # Made anew and compared whole: a number that is written another way is not the same token.
            if any(hmac.compare_digest(found[1], token) for token in made):
                return Whose(issue, subscriber)
        return None


def _token(key: bytes, purpose: str, issue: int, subscriber: int) -> str:
    if not (0 <= issue < _ISSUES and 0 <= subscriber < _SUBSCRIBERS):
        raise _refused(f"the numbers {issue} and {subscriber} are out of range")
    named = f"{issue:x}-{subscriber:x}"
    return f"{named}-{hmac.digest(key, f'{purpose} {named}'.encode(), 'sha256')[:16].hex()}"


def _refused(problem: str) -> DeliveryError:
    return DeliveryError(Fault(Place(field="VERP"), problem))
