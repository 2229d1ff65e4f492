import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from fedinote.activitypub import keys
from fedinote.infra.errors import FediNoteError, Malformed


def test_a_new_key_pair_loads_and_fits(rsa_pems: tuple[str, str]) -> None:
    private, public = keys.load_private_key(rsa_pems[0]), keys.load_public_key(rsa_pems[1])
    assert keys.signed_by(public, keys.sign_bytes(private, b"text"), b"text")
    assert not keys.signed_by(public, keys.sign_bytes(private, b"text"), b"other")


def test_pkcs1_and_spki_are_the_same_key(rsa_public: keys.PublicKeyObject) -> None:
    pkcs1 = rsa_public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()
    assert pkcs1.startswith("-----BEGIN RSA PUBLIC KEY-----")
    assert keys.fingerprint(keys.load_public_key(f"\n{pkcs1}  ")) == keys.fingerprint(rsa_public)


def test_ed25519_is_accepted_as_pem_and_as_multikey() -> None:
    private = ed25519.Ed25519PrivateKey.generate()
    text = keys.multikey(private.public_key())
    assert text.startswith("z6Mk")
    for public in (keys.load_multikey(text), keys.load_public_key(keys.public_pem(private.public_key()))):
        assert keys.signed_by(public, keys.sign_bytes(private, b"text"), b"text")


def test_a_short_rsa_key_is_refused() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    with pytest.raises(Malformed):
        keys.load_public_key(keys.public_pem(short))


def test_other_kinds_of_keys_are_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = curve.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(Malformed):
        keys.load_public_key(pem)


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "x",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "ключ",
        "-----BEGIN PUBLIC KEY-----" * 1000,
    ],
)
def test_what_is_no_key_is_malformed(pem: str) -> None:
    with pytest.raises(Malformed):
        keys.load_public_key(pem)


@pytest.mark.parametrize(
    "text", ["", "z", "m6Mk", "z6Mk0OIl", "z6Mk", "z" + "1" * 5000, "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"]
)
def test_what_is_no_multikey_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        keys.load_multikey(text)


def test_a_damaged_key_of_our_own_is_our_own_error() -> None:
    with pytest.raises(FediNoteError):
        keys.load_private_key("-----BEGIN PRIVATE KEY-----")
