"""`fedinote held`: what waits for a moderator's look."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.infra.db import Row
from fedinote.moderation import many
from fedinote.posts import holding
from fedinote.text import html
from fedinote.timelines.window import Window

_SHOWN = 60


@click.group()
def held() -> None:
    """Decide about posts that a rule holds back: nobody sees them until they are released.

    \b
    Examples:
      fedinote held list
      fedinote held release 117000000000000000
      fedinote held drop --all
    """


@held.command(name="list")
@click.option("--limit", type=click.IntRange(1, 1000), default=40, show_default=True, help="How many.")
@pass_setup
def list_held(setup: Setup, limit: int) -> None:
    """List what is held back, newest first. Private posts are shown without their words.

    \b
    Example:
      fedinote held list
    """
    found = setup.run(lambda app: holding.waiting(app, Window(limit).sql))
    if not found:
        click.echo("Nothing is held back")
        return
    click.echo(table([_described(one) for one in found], ["id", "since", "post", "why", "words"]))


def _described(row: Row) -> Mapping[str, Any]:
    new = holding.post_of(row)
    words = " ".join(html.to_text(new.content).split()) if new.visibility in ("public", "unlisted") else "(private)"
    return {
        "id": row["id"],
        "since": iso(from_ms(row["created_at"])),
        "post": row["uri"] or "written here",
        "why": row["reason"],
        "words": words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…",
    }


@held.command(name="release")
@click.argument("numbers", metavar="[ID]...", type=click.IntRange(min=1), nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that is held back.")
@pass_setup
def release(setup: Setup, numbers: tuple[int, ...], everything: bool) -> None:
    """Publish what is held back under ID, or all of it.

    \b
    Examples:
      fedinote held release 117000000000000000
      fedinote held release --all
    """
    _decided(setup, numbers, everything, "release")


@held.command(name="drop")
@click.argument("numbers", metavar="[ID]...", type=click.IntRange(min=1), nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that is held back.")
@pass_setup
def drop(setup: Setup, numbers: tuple[int, ...], everything: bool) -> None:
    """Throw away what is held back under ID, or all of it: nobody will ever see it.

    \b
    Examples:
      fedinote held drop 117000000000000000
      fedinote held drop --all
    """
    _decided(setup, numbers, everything, "drop")


def _decided(setup: Setup, numbers: Sequence[int], everything: bool, deed: str) -> None:
    if bool(numbers) == everything:
        raise click.UsageError("Name what is meant by its ID, or --all. See: fedinote held list")

    async def work(app: App) -> many.Done | None:
        rows = await app.db.rows("SELECT id FROM held_posts ORDER BY id LIMIT ?", many.MOST) if everything else []
        chosen = [row["id"] for row in rows] if everything else list(numbers)
        return await many.decide_held(app, chosen, deed, by=None) if chosen else None

    done = setup.run(work)
    click.echo(f"{'Released' if deed == 'release' else 'Dropped'}: {done.done if done else 0}")
    for number, why in done.failed if done else ():
        click.echo(f"Not possible: {number}: {why}", err=True)
    if done is not None and done.done:
        click.echo(f"To take that back: fedinote undo {done.batch}")
    if done is not None and not done.done:
        raise SystemExit(1)
