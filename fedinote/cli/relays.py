"""`fedinote relay`: servers that pass on what is public, to many servers and from them."""

from typing import Any

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.federation import relays
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound


@click.group()
def relay() -> None:
    """Subscribe to relays: public posts of many servers come here, and ours go there.

    \b
    Examples:
      fedinote relay add https://relay.example/inbox
      fedinote relay list
      fedinote relay remove https://relay.example/inbox
    """


@relay.command()
@click.argument("url")
@click.option(
    "--kind",
    type=click.Choice(relays.KINDS),
    help="mastodon: URL is the relay's inbox. litepub: URL is its actor. Default: mastodon for a URL ending in /inbox.",
)
@pass_setup
def add(setup: Setup, url: str, kind: str | None) -> None:
    """Subscribe to the relay at URL. It is asked by a running server, and must accept before anything comes.

    A relay brings all that its servers write in public. It costs bandwidth and storage, and needs moderation.

    \b
    Examples:
      fedinote relay add https://relay.example/inbox
      fedinote relay add https://relay.example/actor
      fedinote relay add https://relay.example/relay/inbox --kind mastodon
    """

    async def work(app: App) -> Row:
        return await relays.add(app, url, kind)

    made = setup.run(work)
    click.echo(f"{made['inbox_url']} is asked ({made['kind']}). See: fedinote relay list")


@relay.command()
@click.argument("relay", metavar="URL|ID")
@pass_setup
def remove(setup: Setup, relay: str) -> None:
    """Leave a relay. What came from it stays.

    \b
    Example:
      fedinote relay remove https://relay.example/inbox
    """

    async def work(app: App) -> Row:
        try:
            found = await relays.find(app, relay)
        except NotFound as error:
            raise click.ClickException(f"There is no relay {relay}. See: fedinote relay list") from error
        return await relays.remove(app, found["id"])

    click.echo(f"{setup.run(work)['inbox_url']} is left")


@relay.command(name="list")
@pass_setup
def list_(setup: Setup) -> None:
    """List the relays: asked (pending), accepted or rejected.

    \b
    Example:
      fedinote relay list
    """

    async def work(app: App) -> list[dict[str, Any]]:
        return [
            {
                "id": one["id"],
                "kind": one["kind"],
                "state": one["state"],
                "inbox": one["inbox_url"],
                "answered": "" if one["answered_at"] is None else iso(from_ms(one["answered_at"])),
            }
            for one in await relays.everything(app)
        ]

    rows = setup.run(work)
    if not rows:
        click.echo("No relay is subscribed to")
        return
    click.echo(table(rows, list(rows[0])))
