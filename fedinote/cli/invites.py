"""`fedinote invite`: links with which somebody can make an account."""

import click

from fedinote.auth import invites
from fedinote.auth.viewer import ROLES
from fedinote.cli.context import Setup, pass_setup
from fedinote.infra.app import App


@click.group()
def invite() -> None:
    """Make invitation links.

    \b
    Example:
      fedinote invite create
    """


@invite.command()
@click.option("--uses", type=click.IntRange(1, invites.MAX_USES), default=1, show_default=True, help="How many people.")
@click.option("--hours", type=click.FloatRange(min=0.1), default=168, show_default=True, help="How long it is good.")
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True, help="What they may do here.")
@pass_setup
def create(setup: Setup, uses: int, hours: float, role: str) -> None:
    """Make an invitation and print its link. It works in every mode of registrations, closed included.

    \b
    Examples:
      fedinote invite create
      fedinote invite create --uses 20 --hours 48
      fedinote invite create --role moderator
    """

    async def work(app: App) -> str:
        return invites.link(app, await invites.create(app, role=role, max_uses=uses, hours=hours))

    click.echo(setup.run(work))
