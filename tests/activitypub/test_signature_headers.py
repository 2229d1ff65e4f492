import base64
import hashlib
from dataclasses import replace
from email.utils import format_datetime

import pytest

from fedinote.activitypub import keys
from fedinote.activitypub.signatures import SignedRequest, read_signature, sign
from fedinote.infra.errors import Malformed, Unauthorized
from tests.activitypub.signing import (
    BODY,
    DIGEST,
    FULL,
    KEY_ID,
    NOW,
    URL,
    by_hand,
    check,
    raw,
    signature_of,
    signed,
    with_header,
)

SHA512 = base64.b64encode(hashlib.sha512(BODY).digest()).decode()


@pytest.mark.parametrize(
    "digest",
    [
        f"sha-256={DIGEST}",
        f"SHA-256={DIGEST},sha-512={SHA512}",
        f"sha-512={SHA512}, Sha-256={DIGEST}",
        f"SHA-256={DIGEST},md5=AAAA",
    ],
)
def test_a_digest_in_any_spelling_is_checked(
    digest: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    check(by_hand(rsa_key, FULL, headers={"digest": digest}), rsa_public)


WRONG = base64.b64encode(hashlib.sha256(b"other").digest()).decode()


@pytest.mark.parametrize(
    "digest",
    [
        "",
        DIGEST,
        "md5=AAAA",
        f"sha-512={SHA512}",
        f"SHA-256={WRONG}",
        f"SHA-256={DIGEST},SHA-256={WRONG}",
        f"SHA-256={DIGEST},sha-512={WRONG}",
        f"SHA-256={DIGEST},",
        f"SHA-256={DIGEST} {DIGEST}",
    ],
)
def test_a_digest_that_is_wrong_weak_or_unreadable_is_refused(
    digest: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        check(by_hand(rsa_key, FULL, headers={"digest": digest}), rsa_public)


@pytest.mark.parametrize("name", [b"Digest", b"date", b"HOST", b"signature"])
def test_a_header_that_comes_twice_is_refused(
    name: bytes, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    request = signed(rsa_key)
    double = (name, dict(request.headers)[name.lower()])
    with pytest.raises(Unauthorized):
        check(replace(request, headers=[*request.headers, double]), rsa_public)


@pytest.mark.parametrize(
    "extra",
    [
        'keyId="https://evil.example/k"',
        'headers="date"',
        'KEYID="https://evil.example/k"',
        'signature="AAAA"',
        "created=1,created=1",
    ],
)
def test_a_parameter_that_comes_twice_is_refused(extra: str, rsa_key: keys.PrivateKeyObject) -> None:
    request = signed(rsa_key)
    for header in (f"{extra},{signature_of(request)}", f"{signature_of(request)},{extra}"):
        with pytest.raises(Unauthorized):
            read_signature(with_header(request, "signature", header).headers)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "garbage",
        "=",
        'keyId="https://a.example/k"',
        'keyId="https://a.example/k",signature=""',
        'keyId="https://a.example/k",signature="%%%"',
        'keyId="https://a.example/k",headers="",signature="AAAA"',
        'keyId="https://a.example/k",headers="date date",signature="AAAA"',
        'keyId="https://a.example/k",headers="date  host",signature="AAAA"',
        'keyId="https://a.example/k",headers="(evil) date",signature="AAAA"',
        'keyId="https://a.example/k",created=-1,signature="AAAA"',
        'keyId="https://a.example/k",created=007,signature="AAAA"',
        'keyId="https://a.example/k",created="1.5",signature="AAAA"',
        'keyId="acct:u@a.example",signature="AAAA"',
        'keyId="file:///etc/passwd",signature="AAAA"',
        'keyId="https://u:p@a.example/k",signature="AAAA"',
        'keyId="k",signature="AAAA"',
        'keyId="https://a.example/k" signature="AAAA"',
        'x="' + "a" * 10_000 + '"',
    ],
)
def test_a_strange_signature_header_is_refused(header: str) -> None:
    with pytest.raises(Unauthorized):
        read_signature([(b"signature", header.encode())])


def test_a_signature_in_another_header_does_not_count(rsa_key: keys.PrivateKeyObject) -> None:
    request = signed(rsa_key)
    moved = ("Signature " + signature_of(request)).encode()
    with pytest.raises(Unauthorized):
        read_signature([*with_header(request, "signature", None).headers, (b"authorization", moved)])


def test_a_refusal_tells_the_stranger_nothing_in_particular(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized) as refusal:
        check(replace(signed(rsa_key), body=b"x"), rsa_public)
    assert refusal.value.status == 401
    assert "Digest" in refusal.value.reason
    assert "Digest" not in refusal.value.message


@pytest.mark.parametrize(
    "url", ["", "ftp://a.example/", "https://", "https://a.example:port/", "https://bücher.example/"]
)
def test_only_http_urls_in_ascii_are_signed(url: str, rsa_key: keys.PrivateKeyObject) -> None:
    with pytest.raises(Malformed):
        sign(method="GET", url=url, headers={}, body=b"", key_id=KEY_ID, private_key=rsa_key)


@pytest.mark.parametrize(
    ("url", "host"), [("https://A.example:443/", "a.example"), ("http://a.example:3000", "a.example:3000")]
)
def test_the_host_that_is_signed_has_its_port_unless_it_is_the_default(
    url: str, host: str, rsa_key: keys.PrivateKeyObject
) -> None:
    headers = sign(method="GET", url=url, headers={}, body=b"", key_id=KEY_ID, private_key=rsa_key)
    assert headers["Host"] == host


def test_there_is_one_sha256_digest_as_misskey_demands(rsa_key: keys.PrivateKeyObject) -> None:
    headers = sign(method="POST", url=URL, headers={}, body=BODY, key_id=KEY_ID, private_key=rsa_key)
    assert headers["Digest"] == f"SHA-256={DIGEST}"


def test_an_independent_implementation_accepts_what_we_sign(
    rsa_pems: tuple[str, str], rsa_key: keys.PrivateKeyObject
) -> None:
    verifier = pytest.importorskip("httpsig.verify")
    request = signed(rsa_key)
    headers = {name.decode(): value.decode() for name, value in request.headers}
    headers["authorization"] = "Signature " + headers.pop("signature")
    oracle = verifier.HeaderVerifier(
        headers, rsa_pems[1], required_headers=FULL.split(), method="POST", path=request.target, host="harbour.example"
    )
    assert oracle.verify() is True


def test_we_accept_what_an_independent_implementation_signs(
    rsa_pems: tuple[str, str], rsa_public: keys.PublicKeyObject
) -> None:
    signer = pytest.importorskip("httpsig.sign")
    oracle = signer.HeaderSigner(KEY_ID, rsa_pems[0], algorithm="rsa-sha256", headers=FULL.split())
    plain = {
        "Host": "harbour.example",
        "Date": format_datetime(NOW, usegmt=True),
        "Digest": f"SHA-256={DIGEST}",
        "Content-Type": "application/activity+json",
    }
    signed = dict(oracle.sign(plain, host="harbour.example", method="POST", path="/inbox"))
    signed["signature"] = signed.pop("authorization").removeprefix("Signature ")
    check(SignedRequest("POST", "/inbox", raw(signed), BODY), rsa_public)


def test_two_signature_headers_are_refused_whatever_they_say(rsa_key: keys.PrivateKeyObject) -> None:
    request = signed(rsa_key)
    for second in (signature_of(request), "garbage"):
        with pytest.raises(Unauthorized):
            read_signature([*request.headers, (b"Signature", second.encode())])


@pytest.mark.parametrize("name", ["host", "date", "digest"])
def test_a_header_that_was_signed_as_one_may_not_come_as_two(
    name: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    one = dict(by_hand(rsa_key, FULL).headers)[name.encode()].decode()
    joined = by_hand(rsa_key, FULL, headers={name: f"{one}, {one}"})
    twice = [*with_header(joined, name, one).headers, (name.encode(), one.encode())]
    with pytest.raises(Unauthorized) as refusal:
        check(replace(joined, headers=twice), rsa_public)
    assert refusal.value.reason == f"several {name} headers"
