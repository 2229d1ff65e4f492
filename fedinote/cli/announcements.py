"""`fedinote announcement`: telling everybody on this server something."""

from datetime import datetime
from typing import Any

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.infra.app import App
from fedinote.infra.clock import from_iso, iso
from fedinote.infra.errors import Invalid
from fedinote.moderation.house import announcements
from fedinote.moderation.house.announcements import Span


class Moment(click.ParamType[datetime]):
    """A time in ISO 8601; without an offset it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the aware moment; a text that is none ends the command."""
        if isinstance(value, datetime):
            return value
        try:
            return from_iso(value)
        except Invalid:
            self.fail(f"{value} is not a time like 2026-05-01T18:00:00Z", param, ctx)


@click.group()
def announcement() -> None:
    """Tell everybody on this server something. Apps show it above the timeline until it is put away.

    \b
    Examples:
      fedinote announcement create "The server will be away on 1 May from 18:00 to 19:00 UTC."
      fedinote announcement list
      fedinote announcement delete 117000000000000000
    """


@announcement.command()
@click.argument("text", metavar="TEXT")
@click.option("--starts-at", type=Moment(), help="When that begins which it tells of (ISO 8601, UTC without offset).")
@click.option("--ends-at", type=Moment(), help="When that ends; the announcement is not shown any more from then on.")
@click.option("--all-day", is_flag=True, help="Of start and end only the dates count.")
@pass_setup
def create(setup: Setup, text: str, starts_at: datetime | None, ends_at: datetime | None, all_day: bool) -> None:
    """Tell everybody TEXT, at once. Links, mentions, hashtags and emoji work as in posts.

    \b
    Examples:
      fedinote announcement create "Welcome to our new server!"
      fedinote announcement create "Maintenance" --starts-at 2027-05-01T18:00Z --ends-at 2027-05-01T19:00Z
      fedinote announcement create "We celebrate #tenyears" --starts-at 2027-05-01 --ends-at 2027-05-03 --all-day
    """

    made = setup.run(lambda app: announcements.create(app, text, Span(starts_at, ends_at, all_day)))
    click.echo(f"Announced as {made.id}")


@announcement.command()
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@pass_setup
def delete(setup: Setup, number: int) -> None:
    """Take the announcement ID back.

    \b
    Example:
      fedinote announcement delete 117000000000000000
    """
    setup.run(lambda app: announcements.delete(app, number))
    click.echo("The announcement is gone")


@announcement.command(name="list")
@pass_setup
def list_(setup: Setup) -> None:
    """List the announcements, those that are over too.

    \b
    Example:
      fedinote announcement list
    """

    async def work(app: App) -> list[Any]:
        return [
            {
                "id": one.id,
                "made": iso(one.created_at),
                "starts": _moment(one.starts_at),
                "ends": _moment(one.ends_at),
                "state": "over" if announcements.is_over(app, one) else "shown",
                "text": one.source,
            }
            for one in await announcements.everything(app)
        ]

    rows = setup.run(work)
    if not rows:
        click.echo("There is no announcement")
        return
    click.echo(table(rows, list(rows[0])))


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else iso(moment)
