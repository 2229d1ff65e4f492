import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fedinote.activitypub import keys
from fedinote.activitypub import signatures_rfc9421 as rfc9421
from fedinote.activitypub.signatures import (
    MessageSignature,
    Scheme,
    SignedRequest,
    acceptable,
    matches,
    read_signature,
    read_signatures,
)
from fedinote.infra.errors import Unauthorized
from tests.activitypub.signing import BODY, DIGEST, HOSTS, KEY_ID, NOW, check, raw, signed, with_header

CREATED = int(NOW.timestamp())
FULL = ("@method", "@target-uri", "content-digest")
PARTS = ("@method", "@authority", "@path", "@query", "content-digest")


def message(key: keys.PrivateKeyObject, **changes: Any) -> SignedRequest:
    """A request as we sign it by RFC 9421."""
    return signed(key, scheme=Scheme.RFC9421, **changes)


def by_hand(
    key: keys.PrivateKeyObject,
    covered: tuple[str, ...] = FULL,
    *,
    parameters: str | None = None,
    sent: dict[str, str] | None = None,
    claims: dict[str, str] | None = None,
    method: str = "POST",
) -> SignedRequest:
    """A request signed over exactly these components, as any other software might."""
    stated = parameters if parameters is not None else f';created={CREATED};keyid="{KEY_ID}";alg="rsa-v1_5-sha256"'
    inputs = "(" + " ".join(f'"{name}"' for name in covered) + ")" + stated
    headers = {"host": "harbour.example", "content-digest": f"sha-256=:{DIGEST}:"} | (sent or {})
    values = {
        "@method": method,
        "@target-uri": "https://harbour.example/users/mira/inbox?x=1",
        "@authority": "harbour.example",
        "@path": "/users/mira/inbox",
        "@query": "?x=1",
        "@scheme": "https",
        "@request-target": "/users/mira/inbox?x=1",
        **headers,
        **(claims or {}),
    }
    base = "\n".join([*(f'"{name}": {values[name]}' for name in covered), f'"@signature-params": {inputs}'])
    mark = base64.b64encode(keys.sign_bytes(key, base.encode())).decode()
    headers |= {"signature-input": f"sig1={inputs}", "signature": f"sig1=:{mark}:"}
    return SignedRequest(method, "/users/mira/inbox?x=1", raw(headers), BODY if method == "POST" else b"")


def refused(request: SignedRequest, public: keys.PublicKeyObject) -> str:
    """The reason for which a request is refused."""
    with pytest.raises(Unauthorized) as refusal:
        check(request, public)
    return refusal.value.reason


def test_the_example_of_the_rfc_verifies() -> None:
    """RFC 9421, appendix B.2.6: Ed25519 over parts of the test request."""
    key = keys.load_public_key(
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n"
        "-----END PUBLIC KEY-----"
    )
    headers = {
        "Host": "example.com",
        "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "Content-Type": "application/json",
        "Content-Length": "18",
    }
    names = ("date", "@method", "@path", "@authority", "content-type", "content-length")
    stated = "(" + " ".join(f'"{name}"' for name in names) + ');created=1618884473;keyid="test-key-ed25519"'
    mark = base64.b64decode("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==")
    request = SignedRequest("POST", "/foo?param=Value&Pet=dog", raw(headers), b'{"hello": "world"}')
    assert rfc9421.matches(request, MessageSignature("sig-b26", "test-key-ed25519", mark, names, stated), key)
    assert not rfc9421.matches(
        replace(request, method="PUT"), MessageSignature("sig-b26", "test-key-ed25519", mark, names, stated), key
    )


def test_what_we_sign_we_accept(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    request = message(rsa_key)
    found = check(request, rsa_public)
    assert isinstance(found, MessageSignature)
    assert found.key_id == KEY_ID
    assert found.covered == ("@method", "@target-uri", "content-digest", "content-type")
    assert dict(request.headers)[b"content-digest"] == f"sha-256=:{DIGEST}:".encode()


def test_a_get_needs_no_digest(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    request = message(rsa_key, method="GET", headers={}, body=b"")
    assert b"content-digest" not in dict(request.headers)
    assert check(request, rsa_public).covered == ("@method", "@target-uri")


def test_the_key_decides_the_algorithm(rsa_public: keys.PublicKeyObject) -> None:
    private = Ed25519PrivateKey.generate()
    assert isinstance(check(message(private), private.public_key()), MessageSignature)
    assert refused(message(private), rsa_public)


@pytest.mark.parametrize("algorithm", ["ed25519", "hmac-sha256", "rsa-pss-sha512", "ecdsa-p256-sha256", "none", ""])
def test_an_algorithm_that_contradicts_the_key_is_refused(
    algorithm: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    assert refused(by_hand(rsa_key, parameters=f';created={CREATED};keyid="{KEY_ID}";alg="{algorithm}"'), rsa_public)


@pytest.mark.parametrize("covered", [FULL, PARTS, (*FULL, "host"), ("content-digest", "@target-uri", "@method")])
@pytest.mark.parametrize(
    "parameters",
    [
        f';keyid="{KEY_ID}";created={CREATED}',
        f';created={CREATED};expires={CREATED + 300};nonce="n";keyid="{KEY_ID}";tag="fediverse"',
        f';created={CREATED};keyid="{KEY_ID}";alg="rsa-v1_5-sha256";other;more=token',
    ],
)
def test_any_order_and_set_is_accepted_that_covers_enough(
    covered: tuple[str, ...], parameters: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    check(by_hand(rsa_key, covered, parameters=parameters), rsa_public)


@pytest.mark.parametrize(
    "covered",
    [
        (),
        ("content-digest",),
        ("@target-uri", "content-digest"),
        ("@method", "content-digest"),
        ("@method", "@target-uri"),
        ("@method", "@authority", "content-digest"),
        ("@method", "@path", "@query", "content-digest"),
        ("@method", "@authority", "@path", "content-digest"),
    ],
)
def test_a_signature_that_covers_too_little_is_refused(
    covered: tuple[str, ...], rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    assert refused(by_hand(rsa_key, covered), rsa_public).startswith("not signed: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("@target-uri", "https://reef.example/users/mira/inbox?x=1"),
        ("@target-uri", "http://harbour.example/users/mira/inbox?x=1"),
        ("@target-uri", "https://harbour.example/users/ola/inbox?x=1"),
        ("@target-uri", "https://harbour.example/users/mira/inbox"),
        ("@method", "GET"),
        ("content-digest", "sha-256=:AAAA:"),
    ],
)
def test_what_was_signed_of_another_request_is_refused(
    name: str, value: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    assert refused(by_hand(rsa_key, claims={name: value}), rsa_public) == "the signature does not match"


def test_a_request_to_another_host_is_refused(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    claims = {"@target-uri": "https://reef.example/users/mira/inbox?x=1"}
    request = by_hand(rsa_key, sent={"host": "reef.example"}, claims=claims)
    assert refused(request, rsa_public) == "signed for another host"


def test_one_changed_byte_of_the_body_is_noticed(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    assert "Digest" in refused(replace(message(rsa_key), body=BODY + b" "), rsa_public)


_SHA512 = base64.b64encode(hashlib.sha512(BODY).digest()).decode()


@pytest.mark.parametrize(
    "digest", [f"sha-512=:{_SHA512}:", f"SHA-256=:{DIGEST}:", f"sha-256=:{DIGEST}:, sha-512=:{_SHA512}:, md5=:AAAA:"]
)
def test_a_content_digest_may_be_sha512_or_both(
    digest: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    check(by_hand(rsa_key, sent={"content-digest": digest}), rsa_public)


@pytest.mark.parametrize(
    "digest",
    [
        "md5=:AAAA:",
        "",
        DIGEST,
        f"sha-256={DIGEST}",
        f"sha-256=:{DIGEST}:, sha-512=:AAAA:",
        f"sha-512=:{_SHA512}:, sha-256=:AAAA:",
        f"sha-256=:{DIGEST}:, sha-256=:AAAA:",
        f"sha-256=:{DIGEST}:, garbage",
    ],
)
def test_every_digest_that_is_stated_must_be_that_of_the_body(
    digest: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    assert "Digest" in refused(by_hand(rsa_key, sent={"content-digest": digest}), rsa_public)


@pytest.mark.parametrize(
    ("created", "expires"),
    [(-43_300, None), (3700, None), (-7200, -3600), (0, -1), (None, 300), (-(10**14), None), (10**14, None)],
)
def test_times_outside_the_window_are_refused(
    created: int | None, expires: int | None, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    parameters = f';keyid="{KEY_ID}"'
    parameters += f";created={CREATED + created}" if created is not None else ""
    parameters += f";expires={CREATED + expires}" if expires is not None else ""
    assert refused(by_hand(rsa_key, parameters=parameters), rsa_public)


def test_clocks_may_differ_by_fifty_minutes(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    for minutes in (-50, 50, 660):
        check(message(rsa_key), rsa_public, NOW + timedelta(minutes=minutes))


def _input(change: Callable[[str], str]) -> Callable[[SignedRequest], SignedRequest]:
    def changed(request: SignedRequest) -> SignedRequest:
        return with_header(request, "signature-input", change(dict(request.headers)[b"signature-input"].decode()))

    return changed


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + ", " + text,
        lambda text: text.replace(";created", ";created=1;created"),
        lambda text: text.replace('"@method"', '"@method" "@method"'),
        lambda text: text.replace('"@method" ', '"@method"'),
        lambda text: text.replace('"@method"', '"@Method"'),
        lambda text: text.replace('"@method"', '"@method";req'),
        lambda text: text.replace('"@method"', "@method"),
        lambda text: text.replace("sig1=", "sig2="),
        lambda text: text.replace("sig1=", "sig1"),
        lambda text: text.replace(f"created={CREATED}", f'created="{CREATED}"'),
        lambda text: text.replace("keyid=", "keyid"),
        lambda text: text.replace('keyid="https:', 'keyid="acct:'),
        lambda text: text + ",",
        lambda text: text + " garbage",
        lambda text: "",
        lambda text: "sig1=(",
        lambda text: "sig1=()",
        lambda text: "(" * 3000,
        lambda text: text + ";x" * 5000,
        lambda text: ", ".join([text, *(f"s{n}=()" for n in range(5))]),
    ],
)
def test_an_input_that_cannot_be_read_or_is_ambiguous_is_refused(
    change: Callable[[str], str], rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    assert refused(_input(change)(message(rsa_key)), rsa_public)


def test_spaces_that_mean_nothing_are_signed_in_their_one_form(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    loose = _input(lambda text: text.replace('("', '(  "').replace('" "', '"   "').replace(";alg", "; alg"))
    check(loose(message(rsa_key)), rsa_public)


@pytest.mark.parametrize("value", ["sig1=:AAAA:", "sig1=AAAA", "sig1=::", "garbage", "", "sig1=:????:"])
def test_a_signature_that_is_none_is_refused(
    value: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    assert refused(with_header(message(rsa_key), "signature", value), rsa_public)


def test_what_an_intermediary_signed_for_others_is_passed_over(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    request = message(rsa_key)
    own = dict(request.headers)
    extra = 'bot=("@authority" "signature-agent";key="bot");created=1;keyid="abc";tag="web-bot-auth"'
    request = with_header(request, "signature-input", f"{extra}, {own[b'signature-input'].decode()}")
    request = with_header(request, "signature", f"bot=:AAAA:, {own[b'signature'].decode()}")
    assert check(request, rsa_public).key_id == KEY_ID


def test_of_both_schemes_the_one_that_holds_counts(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    new, old = message(rsa_key), signed(rsa_key)
    both = replace(new, headers=[*new.headers, *(pair for pair in old.headers if pair[0] in (b"signature", b"digest"))])
    assert len(read_signatures(both.headers)) == 2
    for request in (both, with_header(both, "content-digest", "sha-256=:AAAA:"), with_header(both, "digest", "x")):
        found = acceptable(request, NOW, own_hosts=HOSTS)
        assert any(matches(request, signature, rsa_public) for signature in found)
    spoilt = with_header(with_header(both, "content-digest", "sha-256=:AAAA:"), "digest", "x")
    with pytest.raises(Unauthorized):
        acceptable(spoilt, NOW, own_hosts=HOSTS)
    two = replace(both, headers=[*new.headers, *[pair for pair in old.headers if pair[0] == b"signature"] * 2])
    assert [type(found) for found in read_signatures(two.headers)] == [MessageSignature]


def test_a_signature_without_its_input_is_refused(rsa_key: keys.PrivateKeyObject) -> None:
    for name in ("signature-input", "signature"):
        with pytest.raises(Unauthorized):
            read_signature(with_header(message(rsa_key), name, None).headers)


class _Message:
    def __init__(self, request: SignedRequest) -> None:
        self.method = request.method
        self.url = f"https://harbour.example{request.target}"
        self.headers = {name.decode(): value.decode() for name, value in request.headers}


def _oracle(rsa_pems: tuple[str, str]) -> tuple[Any, Any]:
    library = pytest.importorskip("http_message_signatures")
    private, public = keys.load_private_key(rsa_pems[0]), keys.load_public_key(rsa_pems[1])

    class Keys(library.HTTPSignatureKeyResolver):  # type: ignore[name-defined,misc]
        def resolve_public_key(self, key_id: str) -> Any:
            return public

        def resolve_private_key(self, key_id: str) -> Any:
            return private

    options = {"signature_algorithm": library.algorithms.RSA_V1_5_SHA256, "key_resolver": Keys()}
    verifier = library.HTTPMessageVerifier(**options)
    verifier.allow_label_only_selection = True
    return library.HTTPMessageSigner(**options), verifier


@pytest.mark.filterwarnings("ignore")
def test_an_independent_implementation_accepts_what_we_sign(
    rsa_pems: tuple[str, str], rsa_key: keys.PrivateKeyObject
) -> None:
    _, verifier = _oracle(rsa_pems)
    request = message(rsa_key)
    (result,) = verifier.verify(_Message(request), max_age=None, expect_label="sig1", body=request.body)
    assert result.parameters["keyid"] == KEY_ID
    assert '"content-digest"' in result.covered_components


@pytest.mark.parametrize(
    "covered", [("@method", "@target-uri"), ("@method", "@authority", "@path", "@query", "content-type")]
)
def test_we_accept_what_an_independent_implementation_signs(
    covered: tuple[str, ...], rsa_pems: tuple[str, str], rsa_public: keys.PublicKeyObject
) -> None:
    signer, _ = _oracle(rsa_pems)
    plain = {"host": "harbour.example", "content-type": "application/activity+json"}
    made = _Message(SignedRequest("POST", "/users/mira/inbox?x=1", raw(plain), BODY))
    signer.sign(
        made, key_id=KEY_ID, created=NOW, expires=NOW + timedelta(minutes=5), covered_component_ids=covered, body=BODY
    )
    check(SignedRequest("POST", "/users/mira/inbox?x=1", raw(made.headers), BODY), rsa_public)
