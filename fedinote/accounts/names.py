"""Which names local accounts may have, and how names are compared."""

import re
import unicodedata

from fedinote.infra.errors import InvalidField

MAX_USERNAME = 30
_USERNAME = re.compile(r"[A-Za-z0-9_]{1,30}")

# Names that would let somebody speak for the server, and the first words of its paths. Compared without underscores.
RESERVED = frozenset(
    """
    about abuse account accounts actor admin administrator admins api app apps assets auth authorize avatars
    blog bot bots communicate contact css db dev directory doctor emoji emojis everyone explore fedinote favicon feed
    feeds files following followers headers health help here host hostmaster icons images img inbox info instance
    invite invites js legal link local localhost login logout mail mailerdaemon manifest me media metrics mod moderation
    moderator moderators mods nobody nodeinfo noc noreply notifications null oauth official outbox owner owners
    postmaster post posts privacy private proxy public register relay report reports robots root rss rules search
    security server service services settings share shared sharedinbox signin signout signup signin site ssl
    staff static status statuses support sysadmin system systems tag tags team terms timeline timelines token
    translate translation undefined unknown user users usenet uucp web webfinger webmaster wellknown www
    """.split()  # noqa: SIM905  a word list reads better
)


def key(username: str) -> str:
    """Return what names are compared by: `Alice` and `alice` are one person."""
    return username.lower()


def check(username: str) -> str:
    """Return a name that a person may register. `Invalid` for other characters or lengths, and for reserved words.

    The name is not normalised first: what is not plain ASCII is refused, so look-alikes cannot slip in.
    """
    if not _USERNAME.fullmatch(username):
        rule = f"must be 1 to {MAX_USERNAME} letters (a to z), digits or underscores"
        raise InvalidField("username", "ERR_INVALID", "Username", rule)
    if is_reserved(username):
        raise InvalidField("username", "ERR_RESERVED", "Username", "is reserved")
    return username


def is_reserved(username: str) -> bool:
    """Tell whether a name is one of the reserved words, whatever its case, width or underscores."""
    folded = unicodedata.normalize("NFKC", username).casefold().replace("_", "")
    return folded in RESERVED or not folded
