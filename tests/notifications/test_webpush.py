"""The pure part of push messages, against the examples of the specifications."""

import base64

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fedinote.infra.errors import Invalid
from fedinote.notifications import webpush
from fedinote.notifications.webpush import Claims, Ephemeral
from tests.support.pushservice import Browser


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(raw(text)), ec.SECP256R1())


def test_the_example_of_rfc_8291_section_5_is_encrypted_to_the_same_bytes() -> None:
    client = webpush.client_keys(
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
    )
    ours = Ephemeral(private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), raw("DGv6ra1nlYgDCS1FRnbzlw"))
    message = webpush.encrypt(b"When I grow up, I want to be a watermelon", client, ours)
    assert webpush.encoded(message.body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3"
        "jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert message.headers == {"Content-Encoding": "aes128gcm"}


def test_the_example_of_the_draft_is_encrypted_to_the_same_bytes() -> None:
    """Section 5 of draft-ietf-webpush-encryption-04."""
    client = webpush.client_keys(
        "BCEkBjzL8Z3C-oi2Q7oE5t2Np-p7osjGLg93qUP0wvqRT21EEWyf0cQDQcakQMqz4hQKYOQ3il2nNZct4HgAUQU",
        "R29vIGdvbyBnJyBqb29iIQ",
    )
    ours = Ephemeral(private("nCScek-QpEjmOOlT-rQ38nZzvdPlqa00Zy0i6m2OJvY"), raw("lngarbyKfMoi9Z75xYXmkg"))
    message = webpush.encrypt_as_draft(b"I am the walrus", client, ours)
    assert webpush.encoded(message.body) == "6nqAQUME8hNqw5J3kl8cpVVJylXKYqZOeseZG8UueKpA"
    assert message.headers["Encryption"] == "salt=lngarbyKfMoi9Z75xYXmkg"
    assert message.headers["Crypto-Key"] == (
        "dh=BNoRDbb84JGm8g5Z5CFxurSqsXWJ11ItfXEWYVLE85Y7CYkDjXsIEc4aqxYaQ1G8BqkXCJ6DPpDrWtdWj_mugHU"
    )


@pytest.mark.parametrize("size", [0, 1, webpush.MAX_PLAINTEXT])
def test_what_is_encrypted_can_be_read_and_fits_into_a_push_message(size: int) -> None:
    browser, text = Browser(), b"x" * size
    client = webpush.client_keys(browser.p256dh, browser.auth)
    for encrypt in (webpush.encrypt, webpush.encrypt_as_draft):
        first, second = (encrypt(text, client, Ephemeral.make()) for _ in range(2))
        assert first.body != second.body, "key and salt are new each time"
        assert len(first.body) <= 4096
        headers = {name.lower(): value for name, value in first.headers.items()}
        assert browser.decrypt(first.body, headers) == text


@pytest.mark.parametrize("alphabet", ["url", "plain", "padded"])
def test_keys_come_in_either_alphabet_of_base64(alphabet: str) -> None:
    browser = Browser()
    known = webpush.client_keys(browser.p256dh, browser.auth)
    encode = base64.b64encode if alphabet == "plain" else base64.urlsafe_b64encode
    texts = [encode(part).decode() for part in (known.point, known.secret)]
    if alphabet == "url":
        texts = [text.rstrip("=") for text in texts]
    assert webpush.client_keys(*texts) == known


@pytest.mark.parametrize("part", ["p256dh", "auth"])
@pytest.mark.parametrize("wrong", ["", "AAAA", "!!", "é", "A" * 10_000, "BA" + "A" * 85])
def test_what_is_no_key_is_refused(part: str, wrong: str) -> None:
    """The last one has a point's length, and is not on the curve."""
    browser = Browser()
    keys = {"p256dh": browser.p256dh, "auth": browser.auth, part: wrong}
    with pytest.raises(Invalid):
        webpush.client_keys(keys["p256dh"], keys["auth"])


def test_the_token_is_signed_with_es256() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    jwt = webpush.token(pem, Claims("https://push.example", 1_700_000_000, "mailto:a@b.example"))
    header, claims, signature = jwt.split(".")
    assert msgspec.json.decode(raw(header)) == {"typ": "JWT", "alg": "ES256"}
    expected = {"aud": "https://push.example", "exp": 1_700_000_000, "sub": "mailto:a@b.example"}
    assert msgspec.json.decode(raw(claims)) == expected
    r, s = raw(signature)[:32], raw(signature)[32:]
    der = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    key.public_key().verify(der, f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
