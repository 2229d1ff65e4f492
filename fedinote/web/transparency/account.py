"""The public account of the moderation here, as a page: rules, policies, figures, decisions without names."""

from starlette.requests import Request
from starlette.responses import Response

from fedinote.moderation import anonymity, publicity
from fedinote.moderation.house import house_rules
from fedinote.moderation.house.house_rules import Rule, Wording
from fedinote.policy.base import Stated
from fedinote.text.language_names import own_name
from fedinote.web import browser, shell
from fedinote.web.explore.engines import engines
from fedinote.web.words import Words

_HEADERS = {"Cache-Control": "public, max-age=60"}


def actions(words: Words) -> dict[str, str]:
    """Return what decisions are called, by action."""
    _ = words.gettext
    return {
        "none": _("Warning"),
        "sensitive": _("Media marked as sensitive from then on"),
        "disable": _("Login disabled"),
        "silence": _("Account limited"),
        "suspend": _("Account suspended"),
        "delete": _("Account deleted"),
        "delete_statuses": _("Posts deleted"),
        "mark_statuses_as_sensitive": _("Posts marked as sensitive"),
        "hold_statuses": _("Posts held for review"),
        "unlist_statuses": _("Posts taken out of public timelines"),
    }


def categories(words: Words) -> dict[str, str]:
    """Return what the reasons of decisions are called, by category."""
    _ = words.gettext
    return {"spam": _("Spam"), "legal": _("Against the law"), "violation": _("Against the rules"), "other": _("Other")}


def outcomes(words: Words) -> dict[str, str]:
    """Return what became of decisions, in words."""
    _ = words.gettext
    return {"stands": _("stands"), "undone": _("undone"), "lifted on appeal": _("lifted on appeal")}


def measures(words: Words) -> dict[str, str]:
    """Return what rules do, in words."""
    _ = words.gettext
    return {
        "note": _("is noted"),
        "warn": _("gets a warning"),
        "sensitive": _("is marked as sensitive"),
        "limit": _("stays out of public timelines"),
        "hold": _("waits for a moderator"),
        "reject": _("is refused"),
        "suspend": _("suspends its author"),
    }


def kinds(words: Words) -> dict[str, str]:
    """Return what rules look at, in words."""
    _ = words.gettext
    return {
        "words": _("certain words"),
        "pattern": _("a pattern of words"),
        "links": _("links"),
        "mentions": _("many mentions"),
        "newcomers": _("new accounts"),
        "repeats": _("the same again and again"),
        "languages": _("languages"),
        "pictures": _("certain pictures"),
    }


def automatic(words: Words, one: Stated) -> str:
    """Return what a policy does by itself, in words; in English where there are none for it."""
    _ = words.gettext
    match one.name:
        case "domains":
            return _("Other servers are blocked, limited or restricted, each by a decision.")
        case "allow list":
            return _("Only listed servers take part.")
        case "first contact":
            return _(
                "Servers that nobody here knows yet bring neither media nor strangers' answers, until they are approved"
                " or have been known for %(days)s days.",
                days=one.facts["days"],
            )
        case "mentions":
            said = _(
                "A post of another server that mentions more than %(most)s people, by somebody whom nobody here"
                " follows, is taken for spam.",
                most=one.facts["most"],
            )
            then = _("It is refused.") if one.facts["then"] == "reject" else _("It then mentions nobody.")
            return f"{said} {then}"
        case _:
            return _of_posts(words, one)


def _of_posts(words: Words, one: Stated) -> str:
    match one.name:
        case "phrases":
            return words.ngettext(
                "%(num)s phrase is refused, whoever writes it.",
                "%(num)s phrases are refused, whoever writes them.",
                int(one.facts["phrases"]),
            )
        case "senders":
            return words.gettext("Media of accounts whose media always is sensitive is marked so.")
        case "rules":
            return words.ngettext(
                "%(num)s rule that moderators wrote judges posts.",
                "%(num)s rules that moderators wrote judge posts.",
                int(one.facts["rules"]),
            )
        case _:
            return one.does


def others(rule: Rule, tag: str) -> list[tuple[str, str, Wording]]:
    """Return the versions of a rule in other languages than the one that is shown, as (tag, own name, words)."""
    shown = rule.wording(tag)[0]
    return [(one, own_name(one), said) for one, said in sorted(rule.translations.items()) if one != shown]


async def show(request: Request) -> Response:
    """GET /about/moderation."""
    here = await browser.visit(request)
    rules, settings = await house_rules.listing(here.app), here.app.settings.moderation
    found = await publicity.account(here.app)
    return await shell.show(
        request,
        here,
        "transparency/account.html",
        headers=_HEADERS,
        account=found,
        rules=[(rule.number, *rule.wording(here.words.tag)) for rule in rules],
        others={rule.number: others(rule, here.words.tag) for rule in rules},
        after_days=min(max(settings.public_after_days, 0), anonymity.MOST_DAYS),
        engines=engines(here.app, here.words),
        automatic=[automatic(here.words, one) for one in found.automatic if one.name != "rules"],
        actions=actions(here.words),
        categories=categories(here.words),
        outcomes=outcomes(here.words),
        measures=measures(here.words),
        kinds=kinds(here.words),
    )
