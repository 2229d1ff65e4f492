"""`fedinote domain`: which other servers this one has nothing, or less, to do with."""

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import click

from fedinote.cli.context import Setup, pass_setup, plain, table
from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.moderation.servers import domain_changes, domain_undoing, domains, foresight
from fedinote.moderation.servers.domains import Terms
from fedinote.timelines.window import Window

_WORDS = {
    "suspended": "accounts suspended",
    "silenced": "accounts limited",
    "restored": "accounts restored",
    "unsilenced": "accounts no longer limited",
    "follows_ended": "follows ended",
}


@click.group()
def domain() -> None:
    """Block other servers, wholly or in part. A block covers the subdomains too.

    \b
    Examples:
      fedinote domain block spam.example
      fedinote domain block loud.example --severity silence --public-comment "Unmoderated"
      fedinote domain list
      fedinote domain unblock spam.example
    """


@domain.command()
@click.argument("name", metavar="DOMAIN")
@click.option(
    "--severity",
    type=click.Choice(["suspend", "silence", "noop"]),
    help="suspend: nothing comes from there or goes there. silence: only followers see its people. noop: neither."
    " For a new block suspend.",
)
@click.option(
    "--reject-media/--accept-media", default=None, help="Take no pictures, videos, avatars and emoji from there."
)
@click.option("--reject-reports/--accept-reports", default=None, help="Take no reports from there.")
@click.option("--followers-only/--not-followers-only", default=None, help="Public posts of there reach followers only.")
@click.option("--warning", help="What is put as a warning before every post of there.")
@click.option("--public-comment", help="Why; shown to everybody in the list of blocked servers.")
@click.option("--private-comment", help="Why; shown to moderators only.")
@click.option("--obfuscate/--show-name", default=None, help="Do not give the name in the public list.")
@click.option("--days", type=click.IntRange(1, 3650), help="After how many days the block ends by itself.")
@click.option("--for-good", is_flag=True, help="It does not end by itself (any more).")
@pass_setup
def block(setup: Setup, /, name: str, days: int | None, for_good: bool, **options: Any) -> None:
    """Block DOMAIN and its subdomains, or change the block that is there.

    Suspending ends all follows between here and there, and drops what waits to be sent there. A running server
    follows within a few seconds. `unblock` restores the accounts, but not the follows.

    Of a block that is there only what is named changes, and what that is gets told; without any option it becomes
    a full one (suspend), with its other terms as they are.

    \b
    Examples:
      fedinote domain block spam.example
      fedinote domain block spam.example --private-comment "Wave of spam on 3 May"
      fedinote domain block loud.example --severity silence --reject-media
      fedinote domain block odd.example --severity noop --reject-reports
    """
    if days is not None and for_good:
        raise click.UsageError("A block ends after --days, or is --for-good")
    host, named = host_of_text(name), {key: value for key, value in options.items() if value is not None}

    async def work(app: App) -> tuple[str, Terms | None, Terms, dict[str, int]]:
        ends = {"expires_at": app.now() + timedelta(days=days)} if days else {"expires_at": None} if for_good else {}
        present = await domains.find(app, host)
        before = None if present is None else domains.terms_of(present)
        terms = _changed(before, {**named, **ends})
        if present is not None and terms == before:
            return present.domain, before, terms, {}
        made = await domains.block(app, host, terms, by=None)
        return made.block.domain if made.block else host, before, terms, made.numbers

    blocked, before, terms, numbers = setup.run(work)
    same = " as before: nothing was changed" if before == terms else ""
    click.echo(f"{blocked} is blocked ({terms.severity}){same}")
    for line in _differences(before, terms):
        click.echo(f"  {line}")
    _tell(numbers)


def _changed(before: Terms | None, named: dict[str, Any]) -> Terms:
    """Return the terms of a block after what was named on the command line."""
    if before is None:
        return Terms(**named)
    return replace(before, **(named or {"severity": "suspend"}))


def _differences(before: Terms | None, after: Terms) -> Iterator[str]:
    """Yield what is different from before, a line for each term; nothing for a new block."""
    former = asdict(before) if before is not None else {}
    for name, value in asdict(after).items():
        if former and former[name] != value:
            yield f"{name.replace('_', ' ').replace('expires at', 'ends')}: {_said(former[name])} → {_said(value)}"


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return iso(value) if isinstance(value, datetime) else plain(value or "none")


@domain.command()
@click.argument("name", metavar="DOMAIN")
@pass_setup
def unblock(setup: Setup, name: str) -> None:
    """End the block of DOMAIN. Accounts on which a moderator decided one by one stay as they are.

    \b
    Example:
      fedinote domain unblock spam.example
    """

    async def work(app: App) -> dict[str, int] | None:
        found = await domains.find(app, host_of_text(name))
        return None if found is None else (await domains.unblock(app, found.id, by=None)).numbers

    numbers = setup.run(work)
    if numbers is None:
        raise click.ClickException(f"{name} is not blocked. See: fedinote domain list")
    click.echo(f"{name} is not blocked any more")
    _tell(numbers)


def host_of_text(text: str) -> str:
    """Return the host of what may be a whole address, pasted from a browser."""
    with contextlib.suppress(ValueError):
        if "://" in text:
            return urlsplit(text.strip()).netloc.rpartition("@")[2]
    return text.strip().removesuffix("/")


def _tell(numbers: dict[str, int]) -> None:
    for what, number in numbers.items():
        click.echo(f"  {number} {_WORDS[what]}")


@domain.command(name="list")
@pass_setup
def list_(setup: Setup) -> None:
    """List the blocked domains.

    \b
    Example:
      fedinote domain list
    """

    async def work(app: App) -> list[Any]:
        return [
            {
                "domain": one.domain,
                "severity": one.severity,
                "media": "rejected" if one.reject_media else "",
                "reports": "rejected" if one.reject_reports else "",
                "followers only": "yes" if one.followers_only else "",
                "warning": one.warning,
                "public comment": one.public_comment,
                "private comment": one.private_comment,
                "ends": "" if one.expires_at is None else iso(one.expires_at),
            }
            for one in await domains.everything(app)
        ]

    rows = setup.run(work)
    if not rows:
        click.echo("No domain is blocked")
        return
    click.echo(table(rows, list(rows[0])))


@domain.command(name="foresee")
@click.argument("name", metavar="DOMAIN")
@click.option("--severity", type=click.Choice(["suspend", "silence", "noop"]), default="suspend", show_default=True)
@click.option("--reject-media", is_flag=True, help="And take no media from there.")
@pass_setup
def foresee(setup: Setup, name: str, severity: str, reject_media: bool) -> None:
    """Tell what a block of DOMAIN would do, and change nothing.

    \b
    Example:
      fedinote domain foresee loud.example --severity silence
    """
    terms = Terms(severity=severity, reject_media=reject_media)

    async def work(app: App) -> foresight.Foresight:
        return await foresight.of_block(app, host_of_text(name), terms)

    seen = asdict(setup.run(work))
    for what, words in _FORESEEN.items():
        click.echo(f"{seen[what]:>8} {words}")


_FORESEEN = {
    "accounts": "accounts known from there",
    "posts": "posts of theirs here",
    "suspended": "accounts would be suspended",
    "silenced": "accounts would be limited",
    "parted_following": "follows by people here would end",
    "parted_followers": "follows of people here would end",
    "losers": "people here would lose some",
    "media": "files would be forgotten",
}


@domain.command(name="changes")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many.")
@pass_setup
def changes(setup: Setup, limit: int) -> None:
    """Show the last changes of the blocked and the allowed servers, newest first; what was done at one go is one.

    \b
    Example:
      fedinote domain changes
    """

    async def work(app: App) -> list[domain_changes.Summary]:
        return await domain_changes.page(app, Window(limit).sql)

    rows = [
        {
            "id": one.id,
            "when": iso(one.created_at),
            "list": one.listing,
            "domains": f"{', '.join(one.names)} ({one.number})",
            "from": one.cause,
            "undone": "yes" if one.undone else "",
        }
        for one in setup.run(work)
    ]
    click.echo(table(rows, list(rows[0])) if rows else "Nothing was changed in the last 90 days")


@domain.command(name="undo")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@pass_setup
def undo(setup: Setup, number: int) -> None:
    """Undo the change ID, with all that was done at the same go. What somebody changed since then stays.

    \b
    Example:
      fedinote domain undo 117000000000000000
    """

    async def work(app: App) -> domain_undoing.Undone:
        return await domain_undoing.undo(app, number, by=None)

    undone = setup.run(work)
    click.echo(f"Servers that are as they were before: {undone.number}")
    for name in undone.left:
        click.echo(f"  changed meanwhile, left alone: {name}")
