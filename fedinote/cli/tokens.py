"""`fedinote token`: access tokens for scripts, without the way through a browser."""

import click

from fedinote.auth import clients, scopes, tokens
from fedinote.cli.context import Setup, need_user, pass_setup
from fedinote.infra.app import App


@click.group()
def token() -> None:
    """Make access tokens for scripts and bots.

    \b
    Example:
      fedinote token create alice --scopes "read write"
    """


@token.command()
@click.argument("name")
@click.option("--scopes", "wanted", default="read write follow push", show_default=True, help="Parted by spaces.")
@pass_setup
def create(setup: Setup, name: str, wanted: str) -> None:
    """Make an access token for a user, and print it. It is shown this once.

    \b
    Examples:
      fedinote token create alice
      TOKEN=$(fedinote token create alice --scopes "read:statuses")
      curl -H "Authorization: Bearer $TOKEN" http://localhost:8000/api/v1/accounts/verify_credentials
    """
    listed = scopes.parse(wanted)
    unknown = [scope for scope in listed if not scopes.known([scope])]
    if unknown:
        raise click.BadParameter(f"there is no scope {unknown[0]}", param_hint="--scopes")

    async def work(app: App) -> str:
        found = await need_user(app, name)
        client = await clients.command_line(app)
        return (await tokens.issue(app, app_id=client.id, user_id=found.id, scopes=listed)).text

    click.echo(setup.run(work))
