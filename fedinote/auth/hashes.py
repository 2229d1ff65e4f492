"""Random tokens, and the hash under which they are stored: a copy of the database lets nobody in."""

import hashlib
import secrets


def new_token() -> str:
    """Return 256 random bits as 43 characters that are safe in URLs and headers."""
    return secrets.token_urlsafe(32).replace("-", "x")  # a leading dash would be an option on a command line


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token in hex. Plain, because tokens are random: there is nothing to guess."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
