"""`fedinote user delete`, `move` and `alias`: the ways of an account to somewhere else, or to an end."""

import click

from fedinote.accounts import deletion, moving
from fedinote.auth.models import User
from fedinote.cli.context import Setup, need_user, pass_setup
from fedinote.federation import moves
from fedinote.infra.app import App
from fedinote.moderation import audit


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_setup
def delete(setup: Setup, name: str, yes: bool) -> None:
    """Delete an account for good: login, posts, files and relations. Every known server is told.

    Nobody can ever have the name again. The running server clears away the posts.

    \b
    Examples:
      fedinote user delete bob
      fedinote user delete bob --yes
    """

    async def look(app: App) -> User:
        return await need_user(app, name)

    async def work(app: App) -> None:
        found = await need_user(app, name)
        async with app.db.transaction():
            await deletion.delete(app, found.account_id)
            await audit.record(
                app, actor_id=None, action="account.delete", target_type="account", target=found.account_id,
                detail={"via": "command line", "name": name},
            )  # fmt: skip

    setup.run(look)
    if not yes:
        click.confirm(f"Delete {name} and everything that {name} made? There is no way back", abort=True)
    setup.run(work)
    click.echo(f"{name} is deleted")


@click.command()
@click.argument("name")
@click.argument("target")
@pass_setup
def move(setup: Setup, name: str, target: str) -> None:
    """Move an account to another one, here or elsewhere; its followers go there.

    TARGET is a handle or a URL. It must name the account as its alias first. An account can move once in seven days.

    \b
    Examples:
      fedinote user move alice alice@new.example
      fedinote user move alice https://new.example/@alice
    """

    async def work(app: App) -> str:
        found = await need_user(app, name)
        row = await moves.leave(app, found.account_id, target)
        return f"@{row['username']}@{row['domain'] or app.settings.handle_host}"

    click.echo(f"{name} has moved to {setup.run(work)}")


@click.command()
@click.argument("name")
@click.option("--add", help="The handle or URL of an account that this one is too, and that may then move here.")
@click.option("--remove", help="One of the listed ids: no alias any more.")
@pass_setup
def alias(setup: Setup, name: str, add: str | None, remove: str | None) -> None:
    """List, add or remove the aliases of an account.

    \b
    Examples:
      fedinote user alias alice
      fedinote user alias alice --add alice@old.example
      fedinote user alias alice --remove https://old.example/users/alice
    """

    async def work(app: App) -> list[str]:
        account_id = (await need_user(app, name)).account_id
        if add is not None:
            await moves.add_alias(app, account_id, add)
        if remove is not None:
            await moving.remove_alias(app, account_id, remove)
        return await moving.aliases(app, account_id)

    found = setup.run(work)
    click.echo("\n".join(found) if found else f"{name} has no aliases")
