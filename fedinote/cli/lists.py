"""`fedinote list` and `fedinote server`: shared lists of servers, and servers at first contact."""

from pathlib import Path
from typing import Any

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.cli.domains import host_of_text
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.infra.db import Row
from fedinote.moderation.lists import advice, entries, sources
from fedinote.moderation.lists.sources import CEILINGS, KINDS, Wanted
from fedinote.moderation.servers import acquaintances, domain_changes, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.timelines.window import Window

_NUMBER = click.IntRange(min=1)


@click.group(name="list")
def list_group() -> None:
    """Subscribe to lists of servers that others keep (CSV, or a FIRES data set). What arrives is a draft.

    \b
    Examples:
      fedinote list add "Worst of" https://lists.example/worst.csv --ceiling suspend
      fedinote list read
      fedinote list drafts
      fedinote list apply 117000000000000000
    """


@list_group.command(name="add")
@click.argument("title", metavar="TITLE")
@click.argument("url", metavar="URL")
@click.option("--kind", type=click.Choice(KINDS), default="csv", show_default=True, help="The form of the list.")
@click.option("--ceiling", type=click.Choice(CEILINGS), default="silence", show_default=True, help="At most this.")
@click.option("--automatic", is_flag=True, help="Put what it recommends into force without asking.")
@click.option("--days", type=click.IntRange(1, sources.MAX_DAYS), help="How long advice holds that is not repeated.")
@pass_setup
def add(setup: Setup, /, title: str, url: str, **options: Any) -> None:
    """Subscribe to the list at URL, under TITLE. The running server reads it within half an hour, and every six hours.

    \b
    Examples:
      fedinote list add "Worst of" https://lists.example/worst.csv
      fedinote list add "Advisories" https://fires.example/datasets/1 --kind fires --days 90
    """

    async def work(app: App) -> int:
        return await sources.add(app, Wanted(url=url, title=title, **options), by=None)

    click.echo(f"List {setup.run(work)} is subscribed to")


@list_group.command(name="list")
@pass_setup
def list_(setup: Setup) -> None:
    """List the lists that are subscribed to.

    \b
    Example:
      fedinote list list
    """

    async def work(app: App) -> list[dict[str, Any]]:
        return [
            {
                "id": row["id"],
                "title": row["title"],
                "kind": row["kind"],
                "ceiling": row["ceiling"],
                "automatic": "yes" if row["automatic"] else "",
                "drafts": row["drafts"],
                "applied": row["applied"],
                "read": "" if row["read_at"] is None else iso(from_ms(row["read_at"])),
                "problem": row["problem"],
            }
            for row in await sources.listing(app)
        ]

    _shown(setup.run(work), "No list is subscribed to")


@list_group.command(name="read")
@click.argument("number", metavar="[ID]", type=_NUMBER, required=False)
@pass_setup
def read(setup: Setup, number: int | None) -> None:
    """Read the list ID now, or all of them.

    \b
    Example:
      fedinote list read
    """

    async def work(app: App) -> list[tuple[str, dict[str, int]]]:
        found = [row for row in await sources.listing(app) if number in (None, row["id"])]
        return [(row["title"], await sources.refresh(app, row["id"])) for row in found]

    for title, done in setup.run(work):
        click.echo(f"{title}: {done['taken']} said, {done['applied']} put into force, {done['retracted']} taken back")


@list_group.command(name="drafts")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many.")
@pass_setup
def drafts(setup: Setup, limit: int) -> None:
    """Show what lists advise and nobody has decided yet, newest first.

    \b
    Example:
      fedinote list drafts --limit 20
    """

    async def work(app: App) -> list[Row]:
        return await entries.page(app, Window(limit).sql, state=entries.DRAFT)

    rows = [
        {
            "id": row["id"],
            "domain": row["domain"],
            "says": "advisory" if row["advisory"] else "accept" if row["accepted"] else row["severity"],
            "at most": entries.capped(row["severity"], row["ceiling"]),
            "list": row["source_title"],
            "reason": row["reason"],
        }
        for row in setup.run(work)
    ]
    _shown(rows, "Nothing waits for a decision")


@list_group.command(name="apply")
@click.argument("numbers", metavar="ID…", type=_NUMBER, nargs=-1, required=True)
@pass_setup
def apply(setup: Setup, numbers: tuple[int, ...]) -> None:
    """Put the drafts ID into force.

    \b
    Example:
      fedinote list apply 117000000000000000
    """

    async def work(app: App) -> None:
        batch = domain_changes.begin(app, "list")
        for number in numbers:
            await entries.apply(app, number, by=None, batch=batch)

    setup.run(work)
    click.echo(f"{len(numbers)} put into force")


@list_group.command(name="refuse")
@click.argument("numbers", metavar="ID…", type=_NUMBER, nargs=-1, required=True)
@pass_setup
def refuse(setup: Setup, numbers: tuple[int, ...]) -> None:
    """Put the drafts ID aside for good; a block that came from one ends.

    \b
    Example:
      fedinote list refuse 117000000000000000
    """

    async def work(app: App) -> None:
        for number in numbers:
            await entries.refuse(app, number, by=None)

    setup.run(work)
    click.echo(f"{len(numbers)} put aside")


@list_group.command(name="remove")
@click.argument("number", metavar="ID", type=_NUMBER)
@pass_setup
def remove(setup: Setup, number: int) -> None:
    """End the subscription to the list ID, and the blocks that came from it.

    \b
    Example:
      fedinote list remove 117000000000000000
    """

    async def work(app: App) -> None:
        await sources.remove(app, number, by=None)

    setup.run(work)
    click.echo("The list is not subscribed to any more")


@list_group.command(name="export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_setup
def export(setup: Setup, file: Path) -> None:
    """Write the blocked domains to FILE, as Mastodon exports them (CSV).

    \b
    Example:
      fedinote list export blocks.csv
    """

    async def work(app: App) -> tuple[int, str]:
        blocks = await domains.everything(app)
        return len(blocks), advice.write_csv(blocks)

    number, text = setup.run(work)
    file.write_text(text, encoding="utf-8")
    click.echo(f"{number} blocks are in {file}")


@list_group.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--ceiling", type=click.Choice(CEILINGS), default="suspend", show_default=True, help="At most this.")
@pass_setup
def import_(setup: Setup, file: Path, ceiling: str) -> None:
    """Block the domains of FILE (CSV, as Mastodon exports it). A block that is there and stronger stays.

    \b
    Example:
      fedinote list import blocks.csv --ceiling silence
    """
    found = advice.read_csv(file.read_bytes())

    async def work(app: App) -> int:
        done, batch = 0, domain_changes.begin(app, f"file {file.name}")
        for one in found.advice:
            present = await domains.find(app, one.domain)
            severity = entries.capped(one.severity, ceiling)
            if present is not None and CEILINGS.index(present.severity) >= CEILINGS.index(severity):
                continue
            terms = Terms(
                severity=severity,
                reject_media=one.reject_media,
                reject_reports=one.reject_reports,
                public_comment=one.reason,
                obfuscate=one.obfuscate,
            )
            await domains.block(app, one.domain, terms, by=None, batch=batch)
            done += 1
        return done

    click.echo(f"{setup.run(work)} domains are blocked or blocked more")
    for problem in found.problems:
        click.echo(f"  not read: {problem}")


@click.group()
def server() -> None:
    """Servers that nobody here knows yet, where `federation.first_contact` is "careful".

    \b
    Examples:
      fedinote server strangers
      fedinote server approve friendly.example
    """


@server.command(name="strangers")
@pass_setup
def strangers(setup: Setup) -> None:
    """List the servers that are not known yet, those with posts that wait first.

    \b
    Example:
      fedinote server strangers
    """
    rows = [
        {
            "domain": one.domain,
            "first seen": iso(one.first_seen),
            "people": one.people,
            "posts that wait": one.waiting,
            "kept apart": "yes" if one.kept else "",
        }
        for one in setup.run(acquaintances.strangers)
    ]
    _shown(rows, "No server is a stranger here")


@server.command(name="approve")
@click.argument("name", metavar="DOMAIN")
@click.option("--why", default="", help="A note for the audit log.")
@pass_setup
def approve(setup: Setup, name: str, why: str) -> None:
    """Let the server DOMAIN in for good, and publish what waited for that.

    \b
    Example:
      fedinote server approve friendly.example
    """

    async def work(app: App) -> int:
        return await acquaintances.approve(app, host_of_text(name), by=None, why=why)

    click.echo(f"{name} is known here. Posts that waited: {setup.run(work)}")


@server.command(name="keep-apart")
@click.argument("name", metavar="DOMAIN")
@click.option("--why", default="", help="A note for the audit log.")
@pass_setup
def keep_apart(setup: Setup, name: str, why: str) -> None:
    """Keep the server DOMAIN a stranger, however long it is here.

    \b
    Example:
      fedinote server keep-apart odd.example --why "Nobody moderates there"
    """

    async def work(app: App) -> None:
        await acquaintances.keep_apart(app, host_of_text(name), by=None, why=why)

    setup.run(work)
    click.echo(f"{name} stays a stranger")


def _shown(rows: list[dict[str, Any]], nothing: str) -> None:
    click.echo(table(rows, list(rows[0])) if rows else nothing)
