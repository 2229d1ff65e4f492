"""`fedinote list`: shared lists of servers, and files with servers."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from fedinote.cli.context import Setup, pass_setup, plain, table
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError
from fedinote.moderation.lists import advice, entries, sources
from fedinote.moderation.lists.advice import Advice
from fedinote.moderation.lists.sources import CEILINGS, KINDS, Wanted
from fedinote.moderation.servers import domain_changes, domains
from fedinote.moderation.servers.domain_changes import Batch
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

    async def work(app: App) -> bool:
        found = [await sources.get(app, number)] if number else await sources.listing(app)
        return all([await _read(app, row) for row in found])

    if not setup.run(work):
        raise SystemExit(1)


async def _read(app: App, row: Row) -> bool:
    """Read a list and say what came of it; one that cannot be read stops no other."""
    title = plain(row["title"])
    try:
        done = await sources.refresh(app, row["id"])
    except FediNoteError as error:
        click.echo(f"{title}: not read: {plain(error.reason or error.message)}", err=True)
        return False
    click.echo(f"{title}: {done['taken']} said, {done['applied']} put into force, {done['retracted']} taken back")
    return True


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

    async def work(app: App) -> tuple[int, int]:
        batch = domain_changes.begin(app, "list")
        return batch.id, await _each(numbers, lambda one: entries.apply(app, one, by=None, batch=batch))

    batch, done = setup.run(work)
    click.echo(f"{done} put into force")
    if done:
        click.echo(f"To take that back: fedinote undo {batch}")
    _whole(done, numbers)


@list_group.command(name="refuse")
@click.argument("numbers", metavar="ID…", type=_NUMBER, nargs=-1, required=True)
@pass_setup
def refuse(setup: Setup, numbers: tuple[int, ...]) -> None:
    """Put the drafts ID aside for good; a block that came from one ends.

    \b
    Example:
      fedinote list refuse 117000000000000000
    """

    async def work(app: App) -> int:
        return await _each(numbers, lambda one: entries.refuse(app, one, by=None))

    done = setup.run(work)
    click.echo(f"{done} put aside")
    _whole(done, numbers)


async def _each(numbers: Sequence[int], decide: Callable[[int], Awaitable[None]]) -> int:
    """Decide about drafts one by one; what is not possible is told and stops no other. Return how many are done."""
    done = 0
    for number in numbers:
        try:
            await decide(number)
            done += 1
        except FediNoteError as error:
            click.echo(f"Not possible: {number}: {error.message}", err=True)
    return done


def _whole(done: int, numbers: Sequence[int]) -> None:
    """End with exit code 1 where something was not possible."""
    if done < len(numbers):
        raise SystemExit(1)


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
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error
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
    lines = advice.read_lines(file.read_bytes())
    bad = [f"{_place(one)}: {one.problem}" for one in lines if one.advice is None]

    async def work(app: App) -> tuple[int, Batch]:
        done, batch = 0, domain_changes.begin(app, f"file {file.name}")
        for one in lines:
            try:
                done += one.advice is not None and await _block_more(app, one.advice, ceiling, batch)
            except FediNoteError as error:
                bad.append(f"{_place(one)}: {error.message}")
        return done, batch

    done, batch = setup.run(work)
    click.echo(f"{done} domains are blocked or blocked more")
    if done:
        click.echo(f"To take that back: fedinote undo {batch.id}")
    for problem in bad:
        click.echo(f"  not read: {plain(problem.replace('Validation failed: ', ''))}")


def _place(one: advice.Line) -> str:
    return f"line {one.number} ({one.text.partition(',')[0][:80]})"


async def _block_more(app: App, said: Advice, ceiling: str, batch: Batch) -> bool:
    """Block what a line names, or block it more; False where that is so already."""
    present = await domains.find(app, said.domain)
    before = None if present is None else domains.terms_of(present)
    severity = entries.capped(said.severity, ceiling)
    if before is not None:
        severity = max(severity, before.severity, key=CEILINGS.index)
    wanted = Terms(
        severity=severity,
        reject_media=said.reject_media,
        reject_reports=said.reject_reports,
        public_comment=said.reason,
        obfuscate=said.obfuscate,
    )
    terms = domains.merged(before, wanted)
    if before is not None and replace(terms, public_comment=before.public_comment) == before:
        return False
    await domains.block(app, said.domain, terms, by=None, batch=batch)
    return True


def _shown(rows: list[dict[str, Any]], nothing: str) -> None:
    click.echo(table(rows, list(rows[0])) if rows else nothing)
