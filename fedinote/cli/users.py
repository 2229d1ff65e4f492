"""`fedinote user`: the logins of this server."""

import getpass
import sys
import warnings

import click

from fedinote.auth import factors, registrations, users
from fedinote.auth.viewer import ROLES
from fedinote.cli.context import Setup, need_user, pass_setup, table
from fedinote.infra.app import App
from fedinote.infra.db import Row

ROLE = click.Choice(ROLES)


@click.group()
def user() -> None:
    """Make and change logins.

    \b
    Examples:
      fedinote user create alice --email alice@example.org --role admin
      fedinote user list
      fedinote user password alice
    """


@user.command()
@click.argument("name")
@click.option("--email", required=True, help="The person's e-mail address; it can be used to sign in.")
@click.option("--password", help="Asked for when it is not given, which keeps it out of the shell's history.")
@click.option("--role", type=ROLE, default="member", show_default=True, help="What the person may do here.")
@pass_setup
def create(setup: Setup, name: str, email: str, password: str | None, role: str) -> None:
    """Make an account that can sign in at once, whatever the mode of registrations.

    \b
    Examples:
      fedinote user create alice --email alice@example.org
      fedinote user create alice --email alice@example.org --role owner --password "$(cat secret)"
    """
    chosen = password if password is not None else _ask_password()

    async def work(app: App) -> str:
        await registrations.create_user(app, name, email, chosen, role)
        return f"@{name}@{app.settings.handle_host}"

    click.echo(f"Made {setup.run(work, migrate=True)} ({role})")


@user.command()
@click.argument("name")
@click.option("--password", help="The new password; asked for when it is not given.")
@pass_setup
def password(setup: Setup, name: str, password: str | None) -> None:
    """Give somebody a new password. All sessions and connected apps of the person end.

    \b
    Example:
      fedinote user password alice
    """
    chosen = password if password is not None else _ask_password()

    async def work(app: App) -> None:
        found = await need_user(app, name)
        await users.set_password(app, found.id, chosen)

    setup.run(work)
    click.echo(f"{name} has a new password; sessions and tokens are ended")


@user.command(name="reset-2fa")
@click.argument("name")
@pass_setup
def reset_2fa(setup: Setup, name: str) -> None:
    """Take authenticator app, passkeys and recovery codes of somebody away: the phone is lost, and the codes too.

    All sessions and connected apps of the person end; the password alone signs in again. Be sure who asks you.

    \b
    Example:
      fedinote user reset-2fa alice
    """

    async def work(app: App) -> bool:
        found = await need_user(app, name)
        had = (await factors.of(app, found.id)).on
        await factors.take_away(app, found.id)
        return had

    had = setup.run(work)
    click.echo(f"{name} signs in with the password alone; sessions and tokens are ended")
    if not had:
        click.echo("There was no second factor")


@user.command()
@click.argument("name")
@click.argument("role", type=ROLE)
@pass_setup
def role(setup: Setup, name: str, role: str) -> None:
    """Change what somebody may do here. The last owner stays owner.

    \b
    Example:
      fedinote user role alice moderator
    """

    async def work(app: App) -> None:
        found = await need_user(app, name)
        await users.set_role(app, found.id, role)

    setup.run(work)
    click.echo(f"{name} is now {role}")


@user.command()
@click.argument("name")
@pass_setup
def approve(setup: Setup, name: str) -> None:
    """Let somebody in who waits for approval.

    \b
    Example:
      fedinote user approve bob
    """

    async def work(app: App) -> bool:
        found = await need_user(app, name)
        await registrations.approve(app, found.id)
        return found.state == "pending"

    click.echo(f"{name} can sign in now" if setup.run(work) else f"{name} was not waiting")


@user.command(name="list")
@click.option("--state", type=click.Choice(["pending", "active", "disabled"]), help="Only these.")
@pass_setup
def list_(setup: Setup, state: str | None) -> None:
    """List all logins.

    \b
    Examples:
      fedinote user list
      fedinote user list --state pending
    """

    async def work(app: App) -> list[Row]:
        return await app.db.rows(
            "SELECT a.username AS name, u.email, u.role, u.state FROM users u JOIN accounts a ON a.id = u.account_id"
            " WHERE u.state = ? OR CAST(? AS TEXT) = '' ORDER BY u.id",
            state or "",
            state or "",
        )

    rows = setup.run(work)
    if not rows:
        click.echo(f"There is nobody{' who is ' + state if state else ' yet'}")
        return
    click.echo(table(rows, ["name", "email", "role", "state"]))


def _ask_password() -> str:
    try:
        with warnings.catch_warnings():  # read from a pipe, it cannot be hidden, and nobody sees it either
            warnings.simplefilter("ignore", getpass.GetPassWarning)
            asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError("There is no terminal at which to ask for the password: give --password") from None
    return asked
