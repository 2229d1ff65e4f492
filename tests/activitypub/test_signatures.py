import base64
import hmac
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fedinote.activitypub import keys
from fedinote.activitypub.signatures import Scheme, read_signature
from fedinote.infra.errors import Unauthorized
from tests.activitypub.signing import (
    BODY,
    FULL,
    KEY_ID,
    NOW,
    by_hand,
    check,
    signature_of,
    signed,
    with_header,
)


def test_what_we_sign_we_accept(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    params = check(signed(rsa_key), rsa_public)
    assert params.key_id == KEY_ID
    assert params.algorithm == "rsa-sha256"
    assert params.headers == tuple(FULL.split())


def test_a_get_has_no_digest_and_is_accepted(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    request = signed(rsa_key, method="GET", headers={}, body=b"")
    assert b"digest" not in dict(request.headers)
    assert check(request, rsa_public).headers == ("(request-target)", "host", "date")


def test_an_ed25519_key_signs_and_verifies(rsa_public: keys.PublicKeyObject) -> None:
    private = Ed25519PrivateKey.generate()
    request = signed(private)
    assert check(request, private.public_key()).algorithm == "hs2019"
    with pytest.raises(Unauthorized):
        check(request, rsa_public)


def test_the_path_may_be_signed_without_its_query(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    check(signed(rsa_key, scheme=Scheme.CAVAGE_PATH), rsa_public)


@pytest.mark.parametrize("target", ["/users/ola/inbox?x=1", "/users/mira/inbox?x=2", "/inbox", "/users/mira/inbox/"])
def test_a_signature_does_not_open_another_url(
    target: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        check(replace(signed(rsa_key), target=target), rsa_public)


def test_a_signed_get_is_not_a_signed_post(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    with pytest.raises(Unauthorized):
        check(replace(signed(rsa_key, method="GET", headers={}, body=b""), method="POST"), rsa_public)


def test_one_changed_byte_of_the_body_is_noticed(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        check(replace(signed(rsa_key), body=BODY + b" "), rsa_public)


def test_another_key_is_not_the_key(rsa_key: keys.PrivateKeyObject) -> None:
    other = keys.load_public_key(keys.generate_rsa_key()[1])
    with pytest.raises(Unauthorized):
        check(signed(rsa_key), other)


@pytest.mark.parametrize("algorithm", ["hs2019", "rsa-sha256", "RSA-SHA256", "rsa-v1_5-sha256", "ed25519", None])
def test_the_label_of_the_algorithm_does_not_matter(
    algorithm: str | None, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    check(by_hand(rsa_key, FULL, algorithm=algorithm), rsa_public)


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "none", "", "rsa-sha1", "rsa-sha512", "ecdsa-sha256"])
def test_an_unknown_algorithm_is_refused(algorithm: str, rsa_key: keys.PrivateKeyObject) -> None:
    request = by_hand(rsa_key, FULL)
    signature = signature_of(request).replace('"hs2019"', f'"{algorithm}"')
    with pytest.raises(Unauthorized):
        read_signature(with_header(request, "signature", signature).headers)


def test_an_hmac_keyed_with_the_public_key_is_refused(
    rsa_pems: tuple[str, str], rsa_key: keys.PrivateKeyObject
) -> None:
    request = by_hand(rsa_key, FULL)
    forged = base64.b64encode(hmac.new(rsa_pems[1].encode(), b"x", "sha256").digest()).decode()
    header = f'keyId="{KEY_ID}",headers="{FULL}",signature="{forged}"'
    with pytest.raises(Unauthorized):
        check(with_header(request, "signature", header), keys.load_public_key(rsa_pems[1]))


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
        check(by_hand(rsa_key, names), rsa_public)


def test_a_signed_header_that_is_not_there_is_refused(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        check(with_header(by_hand(rsa_key, FULL), "content-type", None), rsa_public)


def test_headers_in_any_order_and_further_ones_are_accepted(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    check(by_hand(rsa_key, "digest x-more date host (request-target)", headers={"x-more": "1"}), rsa_public)


@pytest.mark.parametrize("host", ["evil.example", "harbour.example.evil.example", "harbour.example:8443", ""])
def test_a_signature_for_another_host_is_refused(
    host: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        check(by_hand(rsa_key, FULL, headers={"host": host}), rsa_public)


@pytest.mark.parametrize("host", ["HARBOUR.example", "harbour.example:443", "harbour.example:80"])
def test_our_own_host_may_be_spelled_differently(
    host: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    check(by_hand(rsa_key, FULL, headers={"host": host}), rsa_public)


@pytest.mark.parametrize("shift", [timedelta(hours=-11, minutes=-59), timedelta(minutes=-50), timedelta(minutes=50)])
def test_a_clock_that_is_somewhat_off_is_accepted(
    shift: timedelta, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    check(signed(rsa_key, now=NOW + shift), rsa_public)
    created = int((NOW + shift).timestamp())
    check(by_hand(rsa_key, "(request-target) host (created) digest", created=created), rsa_public)


@pytest.mark.parametrize(
    "shift", [timedelta(hours=-12, minutes=-1), timedelta(days=-400), timedelta(hours=1, minutes=1)]
)
def test_an_old_or_early_signature_is_refused(
    shift: timedelta, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        check(signed(rsa_key, now=NOW + shift), rsa_public)
    created = int((NOW + shift).timestamp())
    with pytest.raises(Unauthorized):
        check(by_hand(rsa_key, "(request-target) host (created) digest", created=created), rsa_public)


@pytest.mark.parametrize(
    "date", ["", "today", "Mon, 99 Xyz 2024 00:00:00 GMT", "0", "Wed, 01 May 99999 12:00:00 GMT", "\xff" * 40]
)
def test_a_date_that_cannot_be_read_is_refused(
    date: str, rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    request = by_hand(rsa_key, FULL)
    with pytest.raises(Unauthorized):
        check(with_header(request, "date", date), rsa_public)


def test_a_missing_date_is_refused_unless_created_stands_in(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    with pytest.raises(Unauthorized):
        check(with_header(by_hand(rsa_key, FULL), "date", None), rsa_public)
    request = by_hand(rsa_key, "(request-target) host (created) digest", created=int(NOW.timestamp()))
    check(with_header(request, "date", None), rsa_public)


def test_an_expired_signature_is_refused(rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject) -> None:
    names, second = "(request-target) host (created) (expires) digest", int(NOW.timestamp())
    check(by_hand(rsa_key, names, created=second, expires=second + 300), rsa_public)
    with pytest.raises(Unauthorized):
        check(by_hand(rsa_key, names, created=second - 600, expires=second - 300), rsa_public)


def test_created_is_refused_with_a_label_that_forbids_it(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    names = "(request-target) host (created) digest"
    with pytest.raises(Unauthorized):
        check(by_hand(rsa_key, names, algorithm="rsa-sha256", created=int(NOW.timestamp())), rsa_public)


def test_created_that_is_signed_but_not_stated_is_refused(
    rsa_key: keys.PrivateKeyObject, rsa_public: keys.PublicKeyObject
) -> None:
    request = by_hand(rsa_key, "(request-target) host (created) digest", created=int(NOW.timestamp()))
    stripped = signature_of(request).replace(f"created={int(NOW.timestamp())},", "")
    with pytest.raises(Unauthorized):
        check(with_header(request, "signature", stripped), rsa_public)
