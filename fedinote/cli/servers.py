"""`fedinote server`: servers at first contact."""

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.cli.domains import host_of_text
from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.moderation.servers import acquaintances


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
    click.echo(table(rows, list(rows[0])) if rows else "No server is a stranger here")


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
