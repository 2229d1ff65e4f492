"""Reads the many shapes in which one JSON-LD value may come: string, object, list, null, or something wrong.

Every function here takes what a stranger wrote and gives a clean value or None; none raises for a wrong type.
Only `decode` and the `required_…` functions raise, and only `Malformed`. No JSON-LD processor is involved
(no context is ever fetched): `plain` undoes prefixes, `@id`/`@type`/`@value` and expanded documents by hand.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from fedinote.infra.errors import Malformed

MAX_DEPTH = 64
MAX_URI = 2048
MAX_LIST = 1000
MAX_INTEGER = 2**53
MAX_TIME = 64

# Prefixes in common use; a document may write "toot:blurhash" where another writes "blurhash".
_PREFIX = re.compile(
    r"(?:as|toot|ostatus|schema|sc|sec|security|ldp|litepub|misskey|fedibird|gts|pt|lemmy|xsd|fep-22cd"
    r"|urn:fedinote|fedinote):(?=[\w])"
)
# User information ("https://known.example@evil.example/") is never legitimate in an id or a link between servers.
_URI = re.compile(r"https?://[^\s\x00-\x20\x7f\"<>\\^`{|}/?#@]+(?:[/?#][^\s\x00-\x20\x7f\"<>]*)?", re.IGNORECASE)
_REFERENCE = re.compile(r"[^\s\x00-\x20\x7f\"<>]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_WISHES = {"any": "any", "": "any", "no_third_party": "no_third_party", "nothirdparty": "no_third_party"}
_DURATION = re.compile(r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,7})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?")


def decode(body: bytes) -> dict[str, Any]:
    """The JSON object in a body whose size has been limited already.

    Duplicate keys: the last one wins (everywhere, as there is this one decoder). Raises `Malformed` for anything
    but one object, for NaN, for bad UTF-8 and for nesting deeper than 64.
    """
    try:
        document = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(reason=f"not JSON: {type(error).__name__}") from None
    if not isinstance(document, dict):
        raise Malformed(reason="the top level is not a JSON object")
    # Counting brackets is far cheaper than a walk, and most documents never come near the limit.
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _check_depth(document)
    return document


def _check_depth(document: dict[str, Any]) -> None:
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH):
        level = [child for container in level for child in _children(container) if isinstance(child, (dict, list))]
        if not level:
            return
    raise Malformed(reason="nested too deeply")


def _children(container: Any) -> Iterator[Any]:
    return iter(container.values() if isinstance(container, dict) else container)


def plain(document: dict[str, Any]) -> dict[str, Any]:
    """The document with short keys: prefixes gone, `@id` → `id`, `@value` unwrapped, expanded form compacted.

    The same object comes back when there is nothing to do. Where a short and a prefixed key clash, the short one
    wins. Nothing is verified on the result: proofs are checked over the bytes as received.
    """
    return _compact(document, 0) if _is_fancy(document) else document


def _is_fancy(document: dict[str, Any]) -> bool:
    pending: list[Any] = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            for key, child in value.items():
                if key == "@context":
                    continue
                if key[:1] == "@" or ":" in key:
                    return True
                if isinstance(child, (dict, list)):
                    pending.append(child)
        else:
            pending.extend(child for child in value if isinstance(child, (dict, list)))
    return False


def _compact(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], dict) and "@list" in value[0]:
            return _compact(value[0], depth + 1)
        return [_compact(child, depth + 1) for child in value]
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        return _compact(value["@value"], depth + 1)
    if "@list" in value or "@set" in value:
        return _compact(value.get("@list", value.get("@set")), depth + 1)
    return _compact_object(value, depth)


def _compact_object(value: dict[str, Any], depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, child in value.items():
        if key == "@context":
            result[key] = child
            continue
        name = short_name(key)
        if name != key and name in value:
            continue
        translations = _translations(child)
        if translations:
            result.setdefault(f"{name}Map", translations)
        result[name] = _compact(child, depth + 1)
    return result


def _translations(child: Any) -> dict[str, Any] | None:
    """{language: text} of an expanded language map: [{"@value": "Hi", "@language": "en"}, …]."""
    if not isinstance(child, list):
        return None
    return {
        item["@language"]: item.get("@value")
        for item in child
        if isinstance(item, dict) and isinstance(item.get("@language"), str)
    } or None


def short_name(name: str) -> str:
    """`as:Note`, `https://www.w3.org/ns/activitystreams#Note` and `@id` → `Note`, `Note`, `id`."""
    if name.startswith("@"):
        return name[1:]
    if name.startswith(("https://", "http://")):
        return re.split(r"[#/]", name)[-1] or name
    return _PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name


def items(value: Any) -> list[Any]:
    """Any shape as a list: null is empty, one value is a list of one; at most 1000 entries."""
    if value is None:
        return []
    return value[:MAX_LIST] if isinstance(value, list) else [value]


def first(value: Any) -> Any:
    """The value itself, or the first entry of a list (None when empty)."""
    return (value[0] if value else None) if isinstance(value, list) else value


def types(document: dict[str, Any]) -> tuple[str, ...]:
    """The types, without prefixes; empty when there is none."""
    return tuple(short_name(kind) for kind in items(document.get("type")) if isinstance(kind, str))


def reference(value: Any) -> str | None:
    """The id of a string, {id}, {href} or a list of them (its first); None when there is none to be had.

    Any scheme is allowed (`ap://`, `did:`, `urn:`), as is the short `as:Public`; blanks and control characters are not.
    """
    value = first(value)
    if isinstance(value, dict):
        value = first(value.get("id") or value.get("href"))
    if not isinstance(value, str) or not value or len(value) > MAX_URI:
        return None
    return value if _REFERENCE.fullmatch(value) else None


def references(value: Any) -> tuple[str, ...]:
    """The ids of all entries, in order, without repetition."""
    found = (reference(entry) for entry in items(value))
    return tuple(dict.fromkeys(uri for uri in found if uri))


def web_uri(value: Any) -> str | None:
    """Like `reference`, for http and https with a host only."""
    uri = reference(value)
    return uri if uri and _URI.fullmatch(uri) else None


def required_uri(document: dict[str, Any], key: str) -> str:
    """The http(s) URI under the key; raises `Malformed` without one."""
    uri = web_uri(document.get(key))
    if uri is None:
        raise Malformed(reason=f"{key} is missing or not an http(s) URI")
    return uri


def text(value: Any, limit: int) -> str:
    """A string cut at `limit` characters, without NUL (which databases refuse); "" for anything else."""
    value = first(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    return value[:limit].replace("\x00", "") if isinstance(value, str) else ""


def line(value: Any, limit: int) -> str:
    """A text on one line, without control characters and without direction overrides."""
    return _CONTROL.sub(" ", text(value, limit)).strip()


def shown_line(value: Any, limit: int) -> str:
    """Like `line`, with the blanks at its ends as the author wrote them; "" when there is nothing but blanks."""
    cleaned = _CONTROL.sub(" ", text(value, limit))
    return cleaned if cleaned.strip() else ""


def wish(value: Any) -> str:
    """What an author allows machine translation: "any" where nothing is said, "no_third_party" or "none".

    Whatever else is said is said by somebody who wants something of us: the strictest is meant.
    """
    value = first(value)
    if value is None or value is True:
        return "any"
    known = _WISHES.get(value.strip().lower().replace("-", "_")) if isinstance(value, str) else None
    return known or "none"


def boolean(value: Any) -> bool:
    """True for true and for the string "true" (some send `discoverable` so), else False."""
    value = first(value)
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def count(value: Any) -> int | None:
    """A number of things, 0 or more; None for anything else."""
    value = first(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MAX_INTEGER:
        return None
    return int(value)


def when(value: Any) -> datetime | None:
    """An instant in UTC from ISO 8601 (offsets, `+0000`, nanoseconds); without an offset UTC is assumed.

    None when it is not a date. The past and the future are not judged here: callers clamp.
    """
    value = first(value)
    if not isinstance(value, str) or len(value) > MAX_TIME:
        return None
    try:
        moment = datetime.fromisoformat(value.strip().upper())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def duration(value: Any) -> float | None:
    """Seconds of an ISO 8601 duration such as `PT1M30S`; None when it is not one."""
    value = first(value)
    match = _DURATION.fullmatch(value) if isinstance(value, str) and len(value) <= MAX_TIME else None
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def language_tag(value: Any) -> str | None:
    """A BCP 47 tag as written; None for `und` and for what is not a tag."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value) or value.lower() in ("und", "mul", "zxx"):
        return None
    return value


def language_map(value: Any, limit: int) -> dict[str, str]:
    """{BCP 47 tag: text}, without empty texts and unknown languages; at most 50 languages."""
    if not isinstance(value, dict):
        return {}
    found = {tag: text(content, limit) for key, content in list(value.items())[:50] if (tag := language_tag(key))}
    return {tag: content for tag, content in found.items() if content}
