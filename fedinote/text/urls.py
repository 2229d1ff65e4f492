"""Which URLs may become a link: the one check for content, profiles, cards and attachments.

Sanitisers judge a URL by its scheme alone and let `//evil.example` or a scheme with a zero-width
character in it pass, so every URL of a stranger goes through here before it is rendered.
"""

import ipaddress
import re
import unicodedata

MAX_URL = 4096
_WEB = re.compile(r"(https?)://([^/?#]+)(.*)", re.IGNORECASE | re.DOTALL)
_MAIL = re.compile(r"mailto:[^\s@<>\"'?&,;]{1,128}@([^\s@<>\"'?&/]{1,253})(\?[^\s<>\"]*)?", re.IGNORECASE)
# Controls, soft hyphen, exotic spaces, zero-width and bidirectional marks, fillers, surrogates, tags, backslash.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\\\\\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_ENCODE = re.compile(r"[ \"'<>`{}|^]")
_ASCII_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NOT_IN_NAME = re.compile(r"[\x00-\x2c\x2e\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f\s]")


def safe_url(url: str) -> str | None:
    """Return the URL in a form that may be rendered as a link or image source, or None.

    Only absolute `http` and `https` URLs pass. Relative and `//` URLs, user information, backslashes, control and
    zero-width characters, and host names that no resolver would take are refused. The scheme and the host
    come back in lower case; characters that could end an attribute come back percent-encoded.
    """
    url = url.strip(" \t\r\n\f")
    if len(url) > MAX_URL or _FORBIDDEN.search(url) or not (parts := _WEB.fullmatch(url)):
        return None
    authority = _authority(parts[2])
    if authority is None:
        return None
    return f"{parts[1].lower()}://{authority}{_ENCODE.sub(_percent, parts[3])}"


def safe_link(url: str) -> str | None:
    """Return the URL as a link target: what `safe_url` allows, and `mailto:` with one address."""
    safe = safe_url(url)
    if safe is not None:
        return safe
    url = url.strip(" \t\r\n\f")
    if len(url) > MAX_URL or _FORBIDDEN.search(url) or not (mail := _MAIL.fullmatch(url)):
        return None
    return "mailto:" + _ENCODE.sub(_percent, url[7:]) if _name(mail[1]) else None


def host_of(url: str) -> str | None:
    """Return the host of a URL that `safe_url` accepts, in lower case and without port, else None."""
    safe = safe_url(url)
    if safe is None:
        return None
    authority = re.split(r"[/?#]", safe.partition("://")[2], maxsplit=1)[0]
    return authority if authority.endswith("]") else re.sub(r":\d*$", "", authority)


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def _authority(text: str) -> str | None:
    """Check `host[:port]`; an `@` or a percent sign in it is always a trick."""
    if text.startswith("["):
        return _ipv6(text)
    name, colon, port = text.partition(":")
    host = _name(name)
    if host is None or (colon and not _is_port(port)):
        return None
    return f"{host}:{port}" if colon else host


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536


def _ipv6(text: str) -> str | None:
    literal, bracket, rest = text[1:].partition("]")
    if not bracket or (rest and not (rest[0] == ":" and _is_port(rest[1:]))) or "%" in literal:
        return None
    try:
        ipaddress.IPv6Address(literal)
    except ValueError:
        return None
    return text.lower()


def _name(name: str) -> str | None:
    """Return the host name in the form a browser would look up (UTS 46 without punycode), or None."""
    if not name.isascii():
        # Compatibility mapping can bring forth '/', '@' or ':' (U+2100 becomes 'a/c'): judge what comes out.
        name = unicodedata.normalize("NFKC", name).replace("。", ".")
    name = name.lower()
    labels = name.removesuffix(".").split(".")
    if not 0 < len(name) <= 253 or not all(map(_is_label, labels)):
        return None
    return name


def _is_label(label: str) -> bool:
    if label.isascii():
        return _ASCII_LABEL.fullmatch(label) is not None
    return len(label) <= 63 and not _NOT_IN_NAME.search(label)
