"""`fedinote token`: access tokens for scripts, without the way through a browser."""

import click

from fedinote.auth import clients, scopes, tokens
from fedinote.cli.context import Setup, need_user, pass_setup, table
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row

_SCOPES = ", ".join(scopes.ALL)


@click.group()
def token() -> None:
    """Make, list and revoke access tokens for scripts and bots.

    \b
    Examples:
      fedinote token create alice --scopes "read write"
      fedinote token list alice
      fedinote token revoke 117000000000000000
    """


@token.command(epilog=f"Scopes: {_SCOPES}.")
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
        raise click.BadParameter(f"there is no scope {unknown[0]}. There are: {_SCOPES}", param_hint="--scopes")

    async def work(app: App) -> str:
        found = await need_user(app, name)
        client = await clients.command_line(app)
        return (await tokens.issue(app, app_id=client.id, user_id=found.id, scopes=listed)).text

    click.echo(setup.run(work))


@token.command(name="list")
@click.argument("name")
@pass_setup
def list_(setup: Setup, name: str) -> None:
    """List the tokens of a user that are good, those of apps too. What they are is not kept, so it is not shown.

    \b
    Example:
      fedinote token list alice
    """

    async def work(app: App) -> list[Row]:
        found = await need_user(app, name)
        return await app.db.rows(
            "SELECT t.id, c.name AS app, t.scopes, t.created_at AS made, t.last_used_at AS used FROM oauth_tokens t"
            " JOIN oauth_apps c ON c.id = t.app_id WHERE t.user_id = ? AND t.revoked_at IS NULL ORDER BY t.id",
            found.id,
        )

    rows = setup.run(work)
    if not rows:
        click.echo(f"{name} has no token")
        return
    click.echo(table([_shown(row) for row in rows], ["id", "app", "made", "used", "scopes"]))


def _shown(row: Row) -> dict[str, str]:
    kept = {name: str(row[name]) for name in ("id", "app", "scopes")}
    return {**kept, "made": _day(row["made"]), "used": _day(row["used"])}


def _day(moment: int | None) -> str:
    return "never" if moment is None else from_ms(moment).strftime("%Y-%m-%d")


@token.command()
@click.argument("token_id", metavar="ID", type=int)
@pass_setup
def revoke(setup: Setup, token_id: int) -> None:
    """Revoke a token by its id. A running server follows within a few seconds.

    \b
    Example:
      fedinote token revoke 117000000000000000
    """

    async def work(app: App) -> bool:
        found = await app.db.row("SELECT id FROM oauth_tokens WHERE id = ? AND revoked_at IS NULL", token_id)
        if found is not None:
            await tokens.revoke_ids(app, [token_id])
        return found is not None

    if not setup.run(work):
        raise click.ClickException(f"There is no token {token_id} that is good. See: fedinote token list NAME")
    click.echo(f"The token {token_id} is revoked")
