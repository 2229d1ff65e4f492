"""Key material: RSA for HTTP signatures, Ed25519 for those who use it; PEM and Multikey forms."""

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

from fedinote.infra.errors import FediNoteError, Malformed

PublicKeyObject = RSAPublicKey | Ed25519PublicKey
PrivateKeyObject = RSAPrivateKey | Ed25519PrivateKey

MIN_RSA_BITS = 2048
# Verifying costs grow with the square of the size, and a stranger chooses the key.
MAX_RSA_BITS = 8192
OWN_RSA_BITS = 2048
MAX_PEM = 8192

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Multicodec prefixes (varints): ed25519-pub 0xed, rsa-pub 0x1205.
_ED25519_CODEC = b"\xed\x01"
_RSA_CODEC = b"\x85\x24"
_ED25519_BYTES = 32
_MAX_MULTIBASE = 1500


def generate_rsa_key() -> tuple[str, str]:
    """A new key pair for a local actor, as (private PEM in PKCS#8, public PEM in SPKI). Takes about 0.1 s of CPU."""
    key = generate_private_key(public_exponent=65537, key_size=OWN_RSA_BITS)
    return private_pem(key), public_pem(key.public_key())


def private_pem(key: PrivateKeyObject) -> str:
    """The private key in PKCS#8 PEM, unencrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")


def public_pem(key: PublicKeyObject) -> str:
    """The public key in SPKI PEM, as actors publish it."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def load_private_key(pem: str) -> PrivateKeyObject:
    """One of our own private keys, from our own database.

    Its numbers are not checked again (that takes 50 ms, reading takes 0.02): never use this on a stranger's key.
    Raises `FediNoteError` when the PEM is damaged.
    """
    try:
        key = serialization.load_pem_private_key(pem.encode("ascii"), None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise FediNoteError(reason=f"a private key of ours cannot be read: {type(error).__name__}") from None
    if not isinstance(key, (RSAPrivateKey, Ed25519PrivateKey)):
        raise FediNoteError(reason="a private key of ours is neither RSA nor Ed25519")
    return key


def load_public_key(pem: str) -> PublicKeyObject:
    """The public key in a stranger's PEM: SPKI or PKCS#1, RSA of 2048 to 8192 bits, or Ed25519.

    Raises `Malformed` for anything else.
    """
    if len(pem) > MAX_PEM:
        raise Malformed(reason="the key is too long")
    try:
        return _accepted(serialization.load_pem_public_key(pem.strip().encode("ascii")))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Malformed(reason=f"the key cannot be read: {type(error).__name__}") from None


def load_multikey(multibase: str) -> PublicKeyObject:
    """The public key in a `publicKeyMultibase` (FEP-521a): base58btc of Ed25519 or RSA; raises `Malformed`."""
    data = base58_decode(multibase)
    try:
        if data.startswith(_ED25519_CODEC) and len(data) == len(_ED25519_CODEC) + _ED25519_BYTES:
            return Ed25519PublicKey.from_public_bytes(data[len(_ED25519_CODEC) :])
        if data.startswith(_RSA_CODEC):
            return _accepted(serialization.load_der_public_key(data[len(_RSA_CODEC) :]))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass
    raise Malformed(reason="the multikey cannot be read")


def multikey(key: Ed25519PublicKey) -> str:
    """The `publicKeyMultibase` of an Ed25519 key (`z6Mk…`)."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base58_encode(_ED25519_CODEC + raw)


def ed25519_key(multibase: str) -> Ed25519PublicKey | None:
    """The Ed25519 key in a `publicKeyMultibase`; None for what is not one: proofs are made with nothing else."""
    try:
        key = load_multikey(multibase)
    except Malformed:
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def _accepted(key: object) -> PublicKeyObject:
    match key:
        case Ed25519PublicKey():
            return key
        case RSAPublicKey() if MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
            return key
        case RSAPublicKey():
            raise Malformed(reason=f"an RSA key of {key.key_size} bits")
    raise Malformed(reason="the key is neither RSA nor Ed25519")


def sign_bytes(key: PrivateKeyObject, message: bytes) -> bytes:
    """The signature by the key's own algorithm: RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519."""
    if isinstance(key, RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(message)


def signed_by(key: PublicKeyObject, signature: bytes, message: bytes) -> bool:
    """Whether the signature is by this key. The key's type alone decides the algorithm, never what the sender says."""
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def fingerprint(key: PublicKeyObject) -> str:
    """SHA-256 of the key in SPKI DER, hexadecimal: the same for one key in its different spellings."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def base58_decode(multibase: str) -> bytes:
    """The bytes in a multibase text of base58btc (`z…`), as keys and proofs have them; raises `Malformed`."""
    digits = multibase[1:]
    if not multibase.startswith("z") or len(digits) > _MAX_MULTIBASE:
        raise Malformed(reason="the multikey is not base58btc")
    number = 0
    for digit in digits:
        value = _BASE58.find(digit)
        if value < 0:
            raise Malformed(reason="the multikey is not base58btc")
        number = number * 58 + value
    zeros = len(digits) - len(digits.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base58_encode(data: bytes) -> str:
    """The bytes as a multibase text of base58btc."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        digits = _BASE58[rest] + digits
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + digits
