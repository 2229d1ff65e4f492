"""`fedinote user archive` and `import-posts`: everything of an account in one file, and old posts from such a file."""

import asyncio
import shutil
from pathlib import Path

import click

from fedinote.cli.context import Setup, need_user, pass_setup
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict
from fedinote.portability import archive_imports, archives


@click.command()
@click.argument("name")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Copy the finished archive to this file."
)
@pass_setup
def archive(setup: Setup, name: str, output: Path | None) -> None:
    """Make an archive of everything somebody has, or copy the one that is finished. The running server makes it.

    It holds private posts too: give it to nobody but its owner.

    \b
    Examples:
      fedinote user archive alice
      fedinote user archive alice --output alice.tar.gz
    """

    async def work(app: App) -> str:
        account_id = (await need_user(app, name)).account_id
        if output is not None:
            await asyncio.to_thread(_copy, await archives.file(app, account_id), output)
            return f"Wrote {output}"
        row = await archives.current(app, account_id)
        if row is not None and row["stage"] in archives.BUSY:
            return f"The archive is being made: {row['done']} of {row['total']}"
        await archives.request(app, account_id)
        return f"The server makes the archive. Then: fedinote user archive {name} --output FILE"

    click.echo(setup.run(work))


def _copy(source: Path, target: Path) -> None:
    target.touch(mode=0o600)
    with source.open("rb") as read, target.open("wb") as write:
        shutil.copyfileobj(read, write)


@click.command(name="import-posts")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--skip-private", is_flag=True, help="Leave out what was not for everybody, instead of keeping it hidden."
)
@pass_setup
def import_posts(setup: Setup, name: str, file: Path, skip_private: bool) -> None:
    """Bring somebody's old posts from an archive of Mastodon or FediNote. The running server works through it.

    \b
    Example:
      fedinote user import-posts alice archive-2026.zip
    """

    async def work(app: App) -> None:
        account_id = (await need_user(app, name)).account_id
        place = await asyncio.to_thread(archive_imports.incoming, app)
        try:
            await asyncio.to_thread(shutil.copyfile, file, place)
            await archive_imports.start(app, account_id, place, private="skip" if skip_private else "keep")
        except Conflict as error:
            raise click.ClickException(error.message) from error
        finally:
            await asyncio.to_thread(place.unlink, missing_ok=True)

    setup.run(work)
    click.echo(f"The archive waits for the server. See how it gets on: fedinote user imports {name}")
