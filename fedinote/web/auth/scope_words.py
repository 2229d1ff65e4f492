"""What an app asks for, in words that a person reads: scopes gathered into a few sentences."""

from collections.abc import Iterable

from fedinote.web.words import Words

_ORDER = ("read", "write", "admin:read", "admin:write")


def describe(words: Words, scopes: Iterable[str]) -> list[str]:
    """Return sentences that say all of these scopes, the widest first: "Read everything in your account", …"""
    asked = list(dict.fromkeys(scopes))
    wholes = _wholes(words)
    found = [text for scope, text in wholes.items() if scope in asked]
    for kind in _ORDER:
        parts = [
            scope.rpartition(":")[2] for scope in asked if scope.rpartition(":")[0] == kind and scope not in wholes
        ]
        if parts and kind not in asked:
            found.append(_some(words, kind, parts))
    return found


def _wholes(words: Words) -> dict[str, str]:
    return {
        "read": words.gettext("Read everything in your account, private posts included"),
        "write": words.gettext("Write, change and delete posts, and change your profile"),
        "follow": words.gettext("Follow, mute and block people for you"),
        "push": words.gettext("Send you notifications"),
        "profile": words.gettext("See your name and your profile"),
        "admin:read": words.gettext("Read what moderators can read"),
        "admin:write": words.gettext("Do what moderators can do"),
    }


def _some(words: Words, kind: str, parts: Iterable[str]) -> str:
    things = words.gettext(", ").join(_thing(words, part) for part in parts)
    match kind:
        case "read":
            return words.gettext("See: %(things)s", things=things)
        case "write":
            return words.gettext("Change: %(things)s", things=things)
        case "admin:read":
            return words.gettext("See as a moderator: %(things)s", things=things)
    return words.gettext("Change as a moderator: %(things)s", things=things)


def _thing(words: Words, part: str) -> str:
    known = {
        "accounts": words.gettext("accounts"),
        "blocks": words.gettext("blocks"),
        "bookmarks": words.gettext("bookmarks"),
        "collections": words.gettext("collections"),
        "conversations": words.gettext("conversations"),
        "favourites": words.gettext("favourites"),
        "filters": words.gettext("filters"),
        "follows": words.gettext("follows"),
        "lists": words.gettext("lists"),
        "media": words.gettext("pictures, video and sound"),
        "mutes": words.gettext("mutes"),
        "notifications": words.gettext("notifications"),
        "reports": words.gettext("reports"),
        "search": words.gettext("search"),
        "statuses": words.gettext("posts"),
        "domain_allows": words.gettext("allowed servers"),
        "domain_blocks": words.gettext("blocked servers"),
        "ip_blocks": words.gettext("blocked addresses"),
        "email_domain_blocks": words.gettext("blocked e-mail domains"),
        "canonical_email_blocks": words.gettext("blocked e-mail addresses"),
    }
    return known.get(part, part)
