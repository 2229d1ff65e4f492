"""/admin/policies: all that judges posts and reports here, what each is set to, and where it is changed."""

from dataclasses import dataclass

from starlette.responses import Response

from fedinote.moderation.automatic import rules
from fedinote.moderation.moderator import Power
from fedinote.policy import pipeline
from fedinote.policy.base import Stated
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.desk.rules import names
from fedinote.web.transparency.account import automatic
from fedinote.web.words import Words

PATH = "/admin/policies"
_NUMBERS = """SELECT (SELECT COUNT(*) FROM accounts WHERE sensitized_at IS NOT NULL) AS senders,
 (SELECT COUNT(*) FROM held_posts) AS held, (SELECT COUNT(*) FROM list_sources) AS lists,
 (SELECT COUNT(*) FROM server_trust WHERE state = 'known') AS known"""
ORDER = ("domains", "allow list", "first contact", "mentions", "phrases", "senders", "rules")
_SETTINGS = {
    "mentions": "/admin/settings/moderation",
    "phrases": "/admin/settings/moderation",
    "allow list": "/admin/settings/federation",
    "first contact": "/admin/settings/federation",
}
_PAGES = {
    "domains": ("/admin/domains", "/admin/hosts"),
    "allow list": ("/admin/allows",),
    "first contact": ("/admin/strangers",),
    "senders": ("/admin/accounts",),
    "rules": ("/admin/policies/rules",),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A policy. `says` is what it does now, "" where it does nothing; `links` are addresses with their names."""

    name: str
    title: str
    about: str
    says: str
    facts: tuple[tuple[str, int], ...]
    links: tuple[tuple[str, str], ...]


def titles(words: Words) -> dict[str, tuple[str, str]]:
    """Return what the policies are called, and what each is for."""
    _ = words.gettext
    return {
        "domains": (_("Servers"), _("Servers are suspended, limited, or restricted.")),
        "allow list": (_("Only listed servers"), _("Nothing comes from servers that are not on the list.")),
        "first contact": (_("First contact"), _("Servers that nobody here knows yet bring less.")),
        "mentions": (_("Floods of mentions"), _("Strangers who mention very many people.")),
        "phrases": (_("Refused phrases"), _("Posts with certain phrases, whoever writes them.")),
        "senders": (_("Sensitive senders"), _("Accounts whose media always is marked sensitive.")),
        "rules": (_("Rules of the moderators"), _("What moderators write themselves, tried before it is in force.")),
    }


def _facts(words: Words, one: Stated | None, numbers: dict[str, int]) -> tuple[tuple[str, int], ...]:
    _ = words.gettext
    called = {
        "suspended": _("suspended"),
        "limited": _("limited"),
        "media_rejected": _("media refused"),
        "reports_rejected": _("reports refused"),
        "followers_only": _("for followers only"),
        "warned": _("with a warning"),
        "listed": _("listed"),
    }
    if one is None:
        return ()
    if one.name == "senders":
        return ((_("accounts"), numbers["senders"]),)
    if one.name == "first contact":
        return ((_("servers let in"), numbers["known"]),)
    return tuple((called[key], int(value)) for key, value in one.facts.items() if key in called and value)


async def page(staff: Staff) -> Response:
    """GET /admin/policies."""
    words, open_places = staff.here.words, guard.places(staff.by)
    stated = {one.name: one for one in await pipeline.stated(staff.app)}
    row = await staff.app.db.row(_NUMBERS)
    numbers = {name: row[name] for name in ("senders", "held", "lists", "known")} if row else {}
    shown = [
        Shown(
            name=name,
            title=title,
            about=about,
            says=automatic(words, stated[name]) if name in stated else "",
            facts=_facts(words, stated.get(name), numbers),
            links=_links(words, name, open_places),
        )
        for name, (title, about) in titles(words).items()
    ]
    others = [one for one in stated.values() if one.name not in ORDER]
    rows = await rules.overview(staff.app)
    return await guard.show(
        staff,
        "desk/policies.html",
        shown=[*shown, *(Shown(one.name, one.name, "", one.does, (), ()) for one in others)],
        on=[one for one in rows if rules.standing(one, staff.app.now()) == "on"],
        writes=staff.may(Power.DOMAINS),
        numbers=numbers,
        **names(words),
    )


def _links(words: Words, name: str, places: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return where a policy is looked at and set, of the pages that are there for this role."""
    found = [(path, words.gettext("Look at it")) for path in _PAGES.get(name, ()) if path in places][:1]
    settings = _SETTINGS.get(name)
    if settings is not None and "/admin/settings" in places:
        found.append((settings, words.gettext("Settings")))
    return tuple(found)


ROUTES = (guard.get(PATH, Power.REPORTS, page),)
