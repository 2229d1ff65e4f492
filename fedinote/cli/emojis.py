"""`fedinote emoji`: the custom emoji of this server."""

from pathlib import Path

import click

from fedinote.cli.context import Setup, pass_setup
from fedinote.infra.app import App
from fedinote.media import emojis
from fedinote.moderation.house import custom_emojis


@click.group()
def emoji() -> None:
    """Add and remove the custom emoji of this server.

    \b
    Example:
      fedinote emoji add tea ./tea.png
    """


@emoji.command()
@click.argument("shortcode")
@click.argument("picture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--category", help="The heading under which apps show it.")
@pass_setup
def add(setup: Setup, shortcode: str, picture: Path, category: str | None) -> None:
    """Add a picture (PNG, GIF, WebP or JPEG, at most 256 kB), or replace the one of this name.

    \b
    Examples:
      fedinote emoji add tea ./tea.png
      fedinote emoji add happy_cat ./cat.gif --category Animals
    """
    data = picture.read_bytes()

    async def work(app: App) -> None:
        await custom_emojis.add(app, shortcode, data, category or "", by=None)

    setup.run(work)
    click.echo(f":{shortcode}: is there.")


@emoji.command()
@click.argument("shortcode")
@pass_setup
def remove(setup: Setup, shortcode: str) -> None:
    """Remove an emoji. Posts that used it keep its picture.

    \b
    Example:
      fedinote emoji remove tea
    """

    async def work(app: App) -> None:
        await custom_emojis.remove(app, shortcode, by=None)

    setup.run(work)
    click.echo(f":{shortcode}: is removed.")


@emoji.command("list")
@pass_setup
def list_emojis(setup: Setup) -> None:
    """List the emoji of this server.

    \b
    Example:
      fedinote emoji list
    """

    async def work(app: App) -> list[str]:
        return [f":{row['shortcode']}:\t{row['category'] or '-'}\t{row['url']}" for row in await emojis.listing(app)]

    lines = setup.run(work)
    click.echo("\n".join(lines) or "There is no emoji yet")
