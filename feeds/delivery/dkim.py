"""DKIM signatures (RFC 6376, and RFC 8463 for Ed25519): keys, records, and signing in microseconds.

Everything that is the same for all subscribers is hashed once; a signature goes on from copies of
those states. Signatures carry no time, so that a message sent again is the same to the byte.
"""

from __future__ import annotations

import hashlib
import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from feeds.errors import DeliveryError, Fault, Place

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

Kind = Literal["rsa", "ed25519"]
KINDS: tuple[Kind, ...] = ("rsa", "ed25519")

# Fixed first, personal last: what comes first is hashed once. RFC 8058 section 4 wants both
# List-Unsubscribe and List-Unsubscribe-Post covered, and dkimpy's own list forgets the second.
SIGNED = tuple(
    "From Reply-To Subject List-Id List-Unsubscribe-Post Archived-At Feedback-ID Auto-Submitted MIME-Version "
    "Content-Type Content-Language To Date Message-ID List-Unsubscribe".split()
)
PERSONAL = SIGNED[-4:]
OVERSIGNED = tuple(
    "From Reply-To Subject To Cc Date Message-ID List-Id List-Unsubscribe List-Unsubscribe-Post "
    "MIME-Version Content-Type".split()
)
"""Named once more than they are there, so that nobody can add a second one (RFC 6376 section 8.15)."""

_MISSING = "needs the extra: pip install 'feeds[send]'"
_FOLDED = re.compile(rb"[ \t\r\n]+")


@dataclass(frozen=True)
class Signer:
    """One key that signs for one domain. `sign` takes the SHA-256 of what is signed."""

    kind: Kind
    domain: str
    selector: str
    sign: Callable[[bytes], bytes]

    def __repr__(self) -> str:
        return f"Signer({self.kind}, {self.selector}._domainkey.{self.domain})"


def signer(pem: str | bytes, domain: str, selector: str) -> Signer:
    """A signer from a private key in PEM: RSA of at least 2,048 bits, or Ed25519.

    Raises `DeliveryError`, which never shows the key.
    """
    for name, value in (("domain", domain), ("selector", selector)):
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", value):
            raise _refused(f"the {name} “{value}” is no host name in ASCII")
    kind, sign = _key(pem.encode() if isinstance(pem, str) else pem)
    return Signer(kind, domain.lower(), selector, sign)


def from_environment(domain: str, environment: Mapping[str, str] = os.environ) -> tuple[Signer, ...]:
    """The signers that the environment names: none, one, or one of each kind.

    FEEDS_DKIM_RSA and FEEDS_DKIM_ED25519 hold the private key in PEM or the path of its file; the
    selectors are `feeds-rsa` and `feeds-ed25519` unless FEEDS_DKIM_RSA_SELECTOR and so on say else.
    """
    found = []
    for kind in KINDS:
        variable = f"FEEDS_DKIM_{kind.upper()}"
        if value := environment.get(variable):
            selector = environment.get(f"{variable}_SELECTOR", default_selector(kind))
            made = signer(_pem(value, variable), domain, selector)
            if made.kind != kind:
                raise _refused(f"{variable} holds a key of the kind {made.kind}")
            found.append(made)
    return tuple(found)


def default_selector(kind: Kind) -> str:
    """What a key's DNS name begins with where nobody chose."""
    return f"feeds-{kind}"


def new_pair(kind: Kind) -> tuple[str, str]:
    """A new private key in PEM, and the text of the DNS record at SELECTOR._domainkey.DOMAIN.

    Raises `DeliveryError` where what makes keys is not installed.
    """
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
    except ImportError:
        raise _refused(_MISSING) from None
    key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if kind == "rsa"
        else ed25519.Ed25519PrivateKey.generate()
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode("ascii"), f"v=DKIM1; k={kind}; p={_public(key)}"


def keep(pem: str, file: Path) -> None:
    """Write a private key to a new file that its owner alone may read.

    Raises `DeliveryError` where the file is there already: a key in use is never lost by mistake.
    """
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(pem)
    except OSError as refusal:
        raise DeliveryError(Fault(Place(str(file)), f"cannot be written: {refusal.strerror}")) from None


def zone_lines(record: str, name: str) -> str:
    """A record as a zone file wants it: strings of at most 255 bytes (RFC 1035 section 3.3.14)."""
    parts = " ".join(f'"{record[start : start + 255]}"' for start in range(0, len(record), 255))
    return f"{name}. IN TXT ( {parts} )"


@dataclass(frozen=True)
class Seal:
    """What signs the messages of one variant: each signer's header up to bh=, and the fixed headers' hash."""

    openings: tuple[tuple[Signer, bytes, bytes], ...]
    """For each signer its header from the name to `bh=`, raw and relaxed."""
    fixed: Any
    """The SHA-256 state after the fixed signed headers."""
    body: Any
    """The SHA-256 state of the body before its first personal byte."""

    def signatures(self, personal: Iterable[tuple[bytes, bytes]], body: Iterable[bytes]) -> bytes:
        """The DKIM-Signature headers of one message.

        `personal` has the personal headers in the order of `SIGNED`; `body` what follows the part
        that is in the state already, in its relaxed form.
        """
        body_hash = self.body.copy()
        for piece in body:
            body_hash.update(piece)
        digest = b64encode(body_hash.digest())
        common = self.fixed.copy()
        for name, value in personal:
            common.update(relaxed(name.lower(), value) + b"\r\n")
        return b"".join(_signature(*opening, digest, common) for opening in self.openings)


def seal(signers: Sequence[Signer], fixed: Sequence[tuple[bytes, bytes]], names: str, body: bytes) -> Seal:
    """Prepare to sign: `fixed` are the fixed headers in the order signed, `names` the value of h=."""
    state = hashlib.sha256()
    for name, value in fixed:
        state.update(relaxed(name, value) + b"\r\n")
    openings = [(signer, *_opening(signer, names)) for signer in signers]
    return Seal(tuple(openings), state, hashlib.sha256(body))


def header_names(present: Iterable[str]) -> str:
    """The value of h= for the headers that a message has, folded: those signed, then the oversigned."""
    there = {name.lower() for name in present}
    names = [name for name in SIGNED if name.lower() in there]
    return ":\r\n ".join(":".join(group) for group in _by_four([*names, *OVERSIGNED]))


def relaxed(name: bytes, value: bytes) -> bytes:
    """A header in relaxed form, without its CRLF (RFC 6376 section 3.4.2)."""
    return name + b":" + _FOLDED.sub(b" ", value).strip(b" ")


def _opening(signer: Signer, names: str) -> tuple[bytes, bytes]:
    value = (
        f"v=1; a={signer.kind}-sha256; c=relaxed/relaxed; d={signer.domain};\r\n"
        f" s={signer.selector};\r\n h={names};\r\n bh="
    ).encode("ascii")
    return b"DKIM-Signature: " + value, relaxed(b"dkim-signature", value)


def _signature(signer: Signer, raw: bytes, canonical: bytes, body: bytes, common: Any) -> bytes:
    state = common.copy()
    state.update(canonical + body + b"; b=")
    text = b64encode(signer.sign(state.digest()))
    folded = b"\r\n ".join(text[start : start + 72] for start in range(0, len(text), 72))
    return raw + body + b";\r\n b=" + folded + b"\r\n"


def _by_four(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + 4] for start in range(0, len(names), 4))


def _key(pem: bytes) -> tuple[Kind, Callable[[bytes], bytes]]:
    key = _private(pem)
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa, utils
    from cryptography.hazmat.primitives.hashes import SHA256

    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519", key.sign
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _refused("the key must be RSA or Ed25519; make one with `feeds dkim new`")
    if not 2048 <= key.key_size <= 4096:
        raise _refused(f"an RSA key of {key.key_size} bits; mailboxes take 2,048 to 4,096")
    scheme, prehashed = padding.PKCS1v15(), utils.Prehashed(SHA256())
    return "rsa", lambda digest: key.sign(digest, scheme, prehashed)


def _private(pem: bytes) -> PrivateKeyTypes:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise _refused(_MISSING) from None
    try:
        return load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # which may quote what they were given
        raise _refused("the key is no private key in PEM without a password") from None


def _pem(value: str, variable: str) -> bytes:
    if "-----BEGIN" in value:
        return value.replace("\\n", "\n").encode()
    try:
        return Path(value).read_bytes()
    except (OSError, ValueError) as refusal:
        reason = refusal.strerror if isinstance(refusal, OSError) else "not a path"
        raise _refused(f"the file that {variable} names cannot be read: {reason}") from None


def _public(key: Any) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.public_key()
    ways = {  # RFC 8463 section 4: the bare key for Ed25519
        True: (Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        False: (Encoding.Raw, PublicFormat.Raw),
    }
    return b64encode(public.public_bytes(*ways[hasattr(public, "key_size")])).decode("ascii")


def _refused(problem: str) -> DeliveryError:
    return DeliveryError(Fault(Place(field="DKIM"), problem))
