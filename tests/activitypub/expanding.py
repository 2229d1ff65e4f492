"""Other spellings of one document: expanded JSON-LD, prefixes, aliases and lists. For documents with inline terms.

Only what our own documents need is here: terms of their inline contexts and of ActivityStreams, language maps, lists,
ids and dates. Written from JSON-LD 1.1 (5.1 Expansion), so that reading is checked against something else than itself.
"""

from collections.abc import Callable, Mapping
from typing import Any

AS = "https://www.w3.org/ns/activitystreams#"
SECURITY = "https://w3id.org/security#"
IDS = frozenset(
    {
        "attributedTo",
        "to",
        "cc",
        "audience",
        "actor",
        "object",
        "target",
        "inReplyTo",
        "url",
        "href",
        "replies",
        "likes",
    }
    | {"shares", "first", "next", "partOf", "inbox", "outbox", "followers", "following", "sharedInbox", "owner", "icon"}
    | {"publicKey", "quote", "quoteAuthorization", "tag", "attachment", "image"}
)

TYPED = {"published": "dateTime", "updated": "dateTime", "endTime": "dateTime", "closed": "dateTime"}
IN_SECURITY = frozenset({"publicKey", "owner", "publicKeyPem"})
LDP = "http://www.w3.org/ns/ldp#"


def terms_of(context: Any) -> dict[str, Any]:
    """The inline terms of a context."""
    found: dict[str, Any] = {}
    for entry in context if isinstance(context, list) else [context]:
        found |= entry if isinstance(entry, Mapping) else {}
    return found


def iri(name: str, terms: Mapping[str, Any]) -> str:
    """The whole IRI of a term or type."""
    known = terms.get(name)
    if isinstance(known, Mapping):
        known = known["@id"]
    prefix, colon, rest = (known or name).partition(":")
    if known and colon and prefix in terms and not rest.startswith("//"):
        return f"{iri(prefix, terms)}{rest}"
    if known:
        return str(known) if known.startswith("http") else f"{AS}{known.removeprefix('as:')}"
    if name.startswith("http"):
        return name
    return f"{LDP}inbox" if name == "inbox" else f"{SECURITY if name in IN_SECURITY else AS}{name.removeprefix('as:')}"


def expanded(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document in expanded form."""
    return _object(document, terms_of(document.get("@context")))


def _object(document: Mapping[str, Any], terms: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in document.items():
        if key == "@context" or value is None:
            continue
        if key == "id":
            found["@id"] = value
        elif key == "type":
            found["@type"] = [iri(kind, terms) for kind in (value if isinstance(value, list) else [value])]
        elif key.endswith("Map"):
            maps = [{"@value": text, "@language": tag} for tag, text in value.items()]
            found.setdefault(iri(key.removesuffix("Map"), terms), []).extend(maps)
        else:
            found.setdefault(iri(key, terms), []).extend(_values(key, value, terms))
    return found


def _values(key: str, value: Any, terms: Mapping[str, Any]) -> list[Any]:
    term = terms.get(key)
    if isinstance(term, Mapping) and term.get("@container") == "@list":
        return [{"@list": [{"@value": one} for one in value]}]
    return [_value(key, one, term) if not isinstance(one, Mapping) else _object(one, terms) for one in _listed(value)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _value(key: str, value: Any, term: Any) -> dict[str, Any]:
    if key in IDS or (isinstance(term, Mapping) and term.get("@type") == "@id"):
        return {"@id": value}
    if key in TYPED:
        return {"@value": value, "@type": f"http://www.w3.org/2001/XMLSchema#{TYPED[key]}"}
    return {"@value": value}


def _walked(value: Any, change: Callable[[str, Any], tuple[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_walked(one, change) for one in value]
    if not isinstance(value, Mapping):
        return value
    if set(value) & {"@value", "@list"}:
        return dict(value)
    return dict(change(key, one if key == "@context" else _walked(one, change)) for key, one in value.items())


def aliased(document: Mapping[str, Any]) -> dict[str, Any]:
    """With `@id` and `@type`."""
    names = {"id": "@id", "type": "@type"}
    found: dict[str, Any] = _walked(document, lambda key, value: (names.get(key, key), value))
    return found


def prefixed(document: Mapping[str, Any]) -> dict[str, Any]:
    """With `as:` before every ActivityStreams term and type, and the prefix of extensions before theirs."""
    terms = terms_of(document.get("@context"))

    def change(key: str, value: Any) -> tuple[str, Any]:
        if key in ("@context", "id") or _is_language(key):  # languages are keys too, but no terms
            return key, value
        if key == "type":
            return key, [_prefixed(one, terms) for one in _listed(value)]
        return (f"as:{key}" if key.endswith("Map") else _prefixed(key, terms)), value

    found: dict[str, Any] = _walked(document, change)
    return found


def _prefixed(term: str, terms: Mapping[str, Any]) -> str:
    known = terms.get(term)
    known = known.get("@id") if isinstance(known, Mapping) else known
    if known is None:
        return term if term in IN_SECURITY else f"as:{term}"
    return str(known) if ":" in str(known) and not str(known).startswith("http") else term


def _is_language(key: str) -> bool:
    return key in ("en", "zh-Hans", "de", "ja")


def listed(document: Mapping[str, Any]) -> dict[str, Any]:
    """With every single value in a list of one."""

    def change(key: str, value: Any) -> tuple[str, Any]:
        alone = isinstance(value, list) or key in ("id", "@context") or key.endswith("Map") or _is_language(key)
        return key, value if alone else [value]

    found: dict[str, Any] = _walked(document, change)
    return found


SPELLINGS: tuple[Callable[[Mapping[str, Any]], dict[str, Any]], ...] = (expanded, aliased, prefixed, listed)
