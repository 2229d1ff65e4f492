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
    say = words.gettext
    return {
        "read": say("Read everything in your account, private posts included"),
        "write": say("Write, change and delete posts, and change your profile"),
        "follow": say("Follow, mute and block people for you"),
        "push": say("Send you notifications"),
        "profile": say("See your name and your profile"),
        "admin:read": say("Read what moderators can read"),
        "admin:write": say("Do what moderators can do"),
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
    say = words.gettext
    known = {
        "accounts": say("accounts"),
        "blocks": say("blocks"),
        "bookmarks": say("bookmarks"),
        "collections": say("collections"),
        "conversations": say("conversations"),
        "favourites": say("favourites"),
        "filters": say("filters"),
        "follows": say("follows"),
        "lists": say("lists"),
        "media": say("pictures, video and sound"),
        "mutes": say("mutes"),
        "notifications": say("notifications"),
        "reports": say("reports"),
        "search": say("search"),
        "statuses": say("posts"),
        "domain_allows": say("allowed servers"),
        "domain_blocks": say("blocked servers"),
        "ip_blocks": say("blocked addresses"),
        "email_domain_blocks": say("blocked e-mail domains"),
        "canonical_email_blocks": say("blocked e-mail addresses"),
    }
    return known.get(part, part)
