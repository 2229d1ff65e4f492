"""The public account of the moderation here, as a page: rules, policies, figures, decisions without names."""

from starlette.requests import Request
from starlette.responses import Response

from fedinote.moderation import house_rules, publicity
from fedinote.web import browser, shell
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


async def show(request: Request) -> Response:
    """GET /about/moderation."""
    here = await browser.visit(request)
    rules = await house_rules.listing(here.app)
    return await shell.show(
        request,
        here,
        "transparency/account.html",
        headers=_HEADERS,
        account=await publicity.account(here.app),
        rules=[(rule.number, *rule.wording(here.words.tag)) for rule in rules],
        settings=here.app.settings,
        actions=actions(here.words),
        categories=categories(here.words),
        outcomes=outcomes(here.words),
        measures=measures(here.words),
        kinds=kinds(here.words),
    )
