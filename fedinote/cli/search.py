"""`fedinote search`: the index by which posts are found."""

import click

from fedinote.cli.context import Setup, pass_setup
from fedinote.infra.app import App
from fedinote.search import index, translated


@click.group()
def search() -> None:
    """Look after the index by which posts are found.

    \b
    Example:
      fedinote search rebuild
    """


@search.command()
@click.option("--all", "everything", is_flag=True, help="Empty the index first, and index every post anew.")
@pass_setup
def rebuild(setup: Setup, everything: bool) -> None:
    """Index the posts that are not in the index, and their translations.

    The server may run meanwhile; stopped, it goes on the next time.

    \b
    Examples:
      fedinote search rebuild
      fedinote search rebuild --all
    """

    async def work(app: App) -> int:
        done = await index.rebuild(app, everything=everything, tell=lambda done: click.echo(f"{done} posts …"))
        await translated.rebuild(app, everything=everything)
        return done

    click.echo(f"{setup.run(work)} posts were indexed.")
