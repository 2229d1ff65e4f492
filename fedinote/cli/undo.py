"""`fedinote undo`: take back what was decided about many at once."""

import click

from fedinote.auth.viewer import Viewer
from fedinote.cli.context import Setup, pass_setup
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.moderation import moderator, taking_back
from fedinote.moderation.moderator import Moderator, Power
from fedinote.moderation.taking_back import TakenBack

_LOGIN = "SELECT u.id, u.account_id, u.role FROM users u JOIN accounts a ON a.id = u.account_id WHERE a.username = ?"


@click.command()
@click.argument("batch", metavar="BATCH", type=click.IntRange(min=1))
@click.option("--as", "name", default="", help="The moderator in whose name it is done: for accounts and reports.")
@pass_setup
def undo(setup: Setup, batch: int, name: str) -> None:
    """Take back what was done at once under the number BATCH, which the command said and the audit log says.

    Posts that were released wait again; those that were dropped within the last day too. Servers, accounts and reports
    stand as before. What somebody changed since is left alone, and named. For a rule there is `fedinote rule undo`.

    \b
    Examples:
      fedinote undo 117000000000000000
      fedinote undo 117000000000000000 --as alice
    """

    async def work(app: App) -> TakenBack:
        return await taking_back.undo(app, batch, by=await _named(app, name) if name else None)

    done = setup.run(work)
    click.echo(f"As before ({done.about}): {done.done}")
    for one in done.left:
        click.echo(f"Left as it is: {one}")


async def _named(app: App, name: str) -> Moderator:
    row = await app.db.row(f"{_LOGIN} AND a.domain = ''", name.lstrip("@"))
    if row is None:
        raise NotFound(f"There is no {name} here")
    viewer = Viewer(row["account_id"], row["id"], row["role"], frozenset(), 0, 0)
    return await moderator.acting(app, viewer, Power.REPORTS)
