"""Certificates for a server on this machine: good, self-signed, of another name, expired."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)
KINDS = ("good", "self-signed", "wrong name", "expired")


@dataclass(frozen=True)
class Certificates:
    """A folder with an authority, and certificates that it signed or did not."""

    folder: Path

    @property
    def authority(self) -> str:
        return str(self.folder / "authority.pem")

    def server(self, kind: str) -> ssl.SSLContext:
        """What a server needs to show a certificate of a kind."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{kind}.pem")
        return context


def make(folder: Path) -> Certificates:
    """All of them, with keys of this moment."""
    now = datetime.datetime.now(datetime.UTC)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Test authority", authority_key, "Test authority", authority_key, now, ca=True)
    (folder / "authority.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    for kind in KINDS:
        key = ec.generate_private_key(ec.SECP256R1())
        name = "elsewhere.example" if kind == "wrong name" else "localhost"
        began = now - 30 * DAY if kind == "expired" else now - DAY
        signer, issuer = (key, name) if kind == "self-signed" else (authority_key, "Test authority")
        certificate = _certificate(name, key, issuer, signer, began)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{kind}.pem").write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return Certificates(folder)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    signer: ec.EllipticCurvePrivateKey,
    began: datetime.datetime,
    ca: bool = False,
) -> x509.Certificate:
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        ours = ("127.0.0.1", "10.77.0.1")  # this machine, and the switch of the storm's hosts
        names += [x509.IPAddress(ipaddress.ip_address(address)) for address in ours]
    usage = x509.KeyUsage(True, False, False, False, False, ca, ca, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + 20 * DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
