import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fedinote.activitypub import keys
from fedinote.activitypub.signatures import SignatureParams, SignedRequest, read_signature, sign, verify
from fedinote.infra.errors import Malformed, Unauthorized

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
URL = "https://harbour.example/users/mira/inbox?x=1"
KEY_ID = "https://reef.example/users/kai#main-key"
BODY = json.dumps({"type": "Like"}).encode()
HOSTS = {"harbour.example"}
DIGEST = base64.b64encode(hashlib.sha256(BODY).digest()).decode()

Headers = list[tuple[bytes, bytes]]


def _raw(headers: dict[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def _signed(key: keys.PrivateKeyObject, **changes: Any) -> SignedRequest:
    """A request signed as we sign: what the checks below start from."""
    options: dict[str, Any] = {
        "method": "POST",
        "url": URL,
        "headers": {"Content-Type": "application/activity+json"},
        "body": BODY,
        "key_id": KEY_ID,
        "private_key": key,
        "now": NOW,
        **changes,
    }
    headers = {**options["headers"], **sign(**options)}
    target = "/" + options["url"].split("/", 3)[3]
    return SignedRequest(options["method"], target, _raw(headers), options["body"])


def _by_hand(
    key: keys.PrivateKeyObject,
    names: str,
    *,
    algorithm: str | None = "hs2019",
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> SignedRequest:
    """A request signed over exactly these names, as any other software might; `extra` are signature parameters."""
    sent = {
        "host": "harbour.example",
        "date": format_datetime(NOW, usegmt=True),
        "digest": f"SHA-256={DIGEST}",
        "content-type": "application/activity+json",
        **(headers or {}),
    }
    values = {
        "(request-target)": "post /users/mira/inbox?x=1",
        **sent,
        **{f"({name})": str(value) for name, value in extra.items()},
    }
    message = "\n".join(f"{name}: {values[name]}" for name in names.split()).encode()
    signature = base64.b64encode(keys.sign_bytes(key, message)).decode()
    parameters = [f'keyId="{KEY_ID}"', *([f'algorithm="{algorithm}"'] if algorithm else [])]
    parameters += [f"{name}={value}" for name, value in extra.items()] + [
        f'headers="{names}"',
        f'signature="{signature}"',
    ]
    return SignedRequest("POST", "/users/mira/inbox?x=1", _raw({**sent, "signature": ",".join(parameters)}), BODY)


def _check(request: SignedRequest, public: keys.PublicKeyObject, now: datetime = NOW) -> SignatureParams:
    params = read_signature(request.headers)
    verify(request, params, public, now, own_hosts=HOSTS)
    return params


def _with(request: SignedRequest, name: str, value: str | None) -> SignedRequest:
    others = [pair for pair in request.headers if pair[0] != name.encode()]
    return replace(request, headers=others + ([(name.encode(), value.encode())] if value is not None else []))


def _signature_of(request: SignedRequest) -> str:
    return dict(request.headers)[b"signature"].decode()


FULL = "(request-target) host date digest content-type"


def test_what_we_sign_we_accept(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    params = _check(_signed(rsa_key), rsa_public)
    assert params.key_id == KEY_ID
    assert params.algorithm == "rsa-sha256"
    assert params.headers == tuple(FULL.split())


def test_a_get_has_no_digest_and_is_accepted(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    request = _signed(rsa_key, method="GET", headers={}, body=b"")
    assert b"digest" not in dict(request.headers)
    assert _check(request, rsa_public).headers == ("(request-target)", "host", "date")


def test_an_ed25519_key_signs_and_verifies(rsa_public: keys.PublicKeyObject) -> None:
    private = Ed25519PrivateKey.generate()
    request = _signed(private)
    assert _check(request, private.public_key()).algorithm == "hs2019"
    with pytest.raises(Unauthorized):
        _check(request, rsa_public)


def test_the_path_may_be_signed_without_its_query(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    _check(_signed(rsa_key, with_query=False), rsa_public)


@pytest.mark.parametrize("target", ["/users/ola/inbox?x=1", "/users/mira/inbox?x=2", "/inbox", "/users/mira/inbox/"])
def test_a_signature_does_not_open_another_url(
    target: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        _check(replace(_signed(rsa_key), target=target), rsa_public)


def test_a_signed_get_is_not_a_signed_post(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    with pytest.raises(Unauthorized):
        _check(replace(_signed(rsa_key, method="GET", headers={}, body=b""), method="POST"), rsa_public)


def test_one_changed_byte_of_the_body_is_noticed(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        _check(replace(_signed(rsa_key), body=BODY + b" "), rsa_public)


def test_another_key_is_not_the_key(rsa_key: keys.PrivateKeyObject) -> None:
    other = keys.load_public_key(keys.generate_rsa_key()[1])
    with pytest.raises(Unauthorized):
        _check(_signed(rsa_key), other)


@pytest.mark.parametrize("algorithm", ["hs2019", "rsa-sha256", "RSA-SHA256", "rsa-v1_5-sha256", "ed25519", None])
def test_the_label_of_the_algorithm_does_not_matter(
    algorithm: str | None, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    _check(_by_hand(rsa_key, FULL, algorithm=algorithm), rsa_public)


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "none", "", "rsa-sha1", "rsa-sha512", "ecdsa-sha256"])
def test_an_unknown_algorithm_is_refused(algorithm: str, rsa_key: keys.PrivateKeyObject) -> None:
    request = _by_hand(rsa_key, FULL)
    signature = _signature_of(request).replace('"hs2019"', f'"{algorithm}"')
    with pytest.raises(Unauthorized):
        read_signature(_with(request, "signature", signature).headers)


def test_an_hmac_keyed_with_the_public_key_is_refused(
    rsa_pems: tuple[str, str], rsa_key: keys.PrivateKeyObject
) -> None:
    import hmac

    request = _by_hand(rsa_key, FULL)
    forged = base64.b64encode(hmac.new(rsa_pems[1].encode(), b"x", "sha256").digest()).decode()
    header = f'keyId="{KEY_ID}",headers="{FULL}",signature="{forged}"'
    with pytest.raises(Unauthorized):
        _check(_with(request, "signature", header), keys.load_public_key(rsa_pems[1]))


@pytest.mark.parametrize(
    "names",
    [
        "date",
        "host date digest",
        "(request-target) date digest",
        "(request-target) host digest",
        "(request-target) host date",
        "(request-target) host date content-type",
    ],
)
def test_a_signature_that_covers_too_little_is_refused(
    names: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        _check(_by_hand(rsa_key, names), rsa_public)


def test_a_signed_header_that_is_not_there_is_refused(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        _check(_with(_by_hand(rsa_key, FULL), "content-type", None), rsa_public)


def test_headers_in_any_order_and_further_ones_are_accepted(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    _check(_by_hand(rsa_key, "digest x-more date host (request-target)", headers={"x-more": "1"}), rsa_public)


@pytest.mark.parametrize("host", ["evil.example", "harbour.example.evil.example", "harbour.example:8443", ""])
def test_a_signature_for_another_host_is_refused(
    host: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        _check(_by_hand(rsa_key, FULL, headers={"host": host}), rsa_public)


@pytest.mark.parametrize("host", ["HARBOUR.example", "harbour.example:443", "harbour.example:80"])
def test_our_own_host_may_be_spelled_differently(
    host: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    _check(_by_hand(rsa_key, FULL, headers={"host": host}), rsa_public)


@pytest.mark.parametrize("shift", [timedelta(hours=-11, minutes=-59), timedelta(minutes=-50), timedelta(minutes=50)])
def test_a_clock_that_is_somewhat_off_is_accepted(
    shift: timedelta, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    _check(_signed(rsa_key, now=NOW + shift), rsa_public)
    created = int((NOW + shift).timestamp())
    _check(_by_hand(rsa_key, "(request-target) host (created) digest", created=created), rsa_public)


@pytest.mark.parametrize(
    "shift", [timedelta(hours=-12, minutes=-1), timedelta(days=-400), timedelta(hours=1, minutes=1)]
)
def test_an_old_or_early_signature_is_refused(
    shift: timedelta, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        _check(_signed(rsa_key, now=NOW + shift), rsa_public)
    created = int((NOW + shift).timestamp())
    with pytest.raises(Unauthorized):
        _check(_by_hand(rsa_key, "(request-target) host (created) digest", created=created), rsa_public)


@pytest.mark.parametrize(
    "date", ["", "today", "Mon, 99 Xyz 2024 00:00:00 GMT", "0", "Wed, 01 May 99999 12:00:00 GMT", "\xff" * 40]
)
def test_a_date_that_cannot_be_read_is_refused(
    date: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    request = _by_hand(rsa_key, FULL)
    with pytest.raises(Unauthorized):
        _check(_with(request, "date", date), rsa_public)


def test_a_missing_date_is_refused_unless_created_stands_in(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        _check(_with(_by_hand(rsa_key, FULL), "date", None), rsa_public)
    request = _by_hand(rsa_key, "(request-target) host (created) digest", created=int(NOW.timestamp()))
    _check(_with(request, "date", None), rsa_public)


def test_an_expired_signature_is_refused(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    names, second = "(request-target) host (created) (expires) digest", int(NOW.timestamp())
    _check(_by_hand(rsa_key, names, created=second, expires=second + 300), rsa_public)
    with pytest.raises(Unauthorized):
        _check(_by_hand(rsa_key, names, created=second - 600, expires=second - 300), rsa_public)


def test_created_is_refused_with_a_label_that_forbids_it(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    names = "(request-target) host (created) digest"
    with pytest.raises(Unauthorized):
        _check(_by_hand(rsa_key, names, algorithm="rsa-sha256", created=int(NOW.timestamp())), rsa_public)


def test_created_that_is_signed_but_not_stated_is_refused(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    request = _by_hand(rsa_key, "(request-target) host (created) digest", created=int(NOW.timestamp()))
    stripped = _signature_of(request).replace(f"created={int(NOW.timestamp())},", "")
    with pytest.raises(Unauthorized):
        _check(_with(request, "signature", stripped), rsa_public)


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
    _check(_by_hand(rsa_key, FULL, headers={"digest": digest}), rsa_public)


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
        _check(_by_hand(rsa_key, FULL, headers={"digest": digest}), rsa_public)


@pytest.mark.parametrize("name", [b"Digest", b"date", b"HOST", b"signature"])
def test_a_header_that_comes_twice_is_refused(
    name: bytes, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    request = _signed(rsa_key)
    double = (name, dict(request.headers)[name.lower()])
    with pytest.raises(Unauthorized):
        _check(replace(request, headers=[*request.headers, double]), rsa_public)


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
    request = _signed(rsa_key)
    for header in (f"{extra},{_signature_of(request)}", f"{_signature_of(request)},{extra}"):
        with pytest.raises(Unauthorized):
            read_signature(_with(request, "signature", header).headers)


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
    request = _signed(rsa_key)
    moved = ("Signature " + _signature_of(request)).encode()
    with pytest.raises(Unauthorized):
        read_signature([*_with(request, "signature", None).headers, (b"authorization", moved)])


def test_a_refusal_tells_the_stranger_nothing_in_particular(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized) as refusal:
        _check(replace(_signed(rsa_key), body=b"x"), rsa_public)
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
    request = _signed(rsa_key)
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
    _check(SignedRequest("POST", "/inbox", _raw(signed), BODY), rsa_public)
