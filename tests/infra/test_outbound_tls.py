"""Certificates are always verified, and no failure of theirs leads to plain http."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fedinote.infra.errors import Unreachable
from tests.infra.conftest import ClientMaker
from tests.infra.raw_server import Exchange, serving


async def fine(exchange: Exchange) -> None:
    await exchange.answer()


def certified(folder: Path, *, name: str = "localhost", days: int = 1) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate that signs itself; return a server's context with it, and its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    end = datetime.now(UTC) + timedelta(days=days)
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ip_address("127.0.0.1")))
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(end - timedelta(days=10))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


async def test_a_certificate_of_a_known_authority_is_accepted(
    client: ClientMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, file = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with serving(fine, tls=context) as server:
        outbound = client(allow_http=False)
        for host in ("localhost", "127.0.0.1"):
            answer = await outbound.post(server.url(host, scheme="https"), b"{}", headers={})
            assert answer.status == 200


@pytest.mark.parametrize(
    ("name", "days", "known"), [("localhost", 1, False), ("localhost", -1, True), ("other", 1, True)]
)
async def test_over_a_wrong_certificate_nothing_is_sent(
    client: ClientMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, days: int, known: bool
) -> None:
    context, file = certified(tmp_path, name=name, days=days)
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with serving(fine, tls=context) as server:
        outbound = client()
        with pytest.raises(Unreachable):
            await outbound.post(server.url("localhost", scheme="https"), b"secret", headers={})
        with pytest.raises(Unreachable):
            await outbound.get(server.url("localhost", scheme="https"), accept="*/*")
        assert server.requests == []


async def test_https_is_never_tried_as_http(client: ClientMaker) -> None:
    async with serving(fine) as server:
        with pytest.raises(Unreachable):
            await client().get(server.url(scheme="https"), accept="*/*", timeout=0.3)
        assert server.requests == []
