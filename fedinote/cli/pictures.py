"""`fedinote picture`: sets of pictures that rules are about. Of a picture nothing is kept but its hashes."""

import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.moderation.pictures import entries, exchange, library
from fedinote.moderation.pictures.entries import About, Entry
from fedinote.policy.pictures.hashes import PDQ, SHA256
from fedinote.timelines.window import Window

_POST = "SELECT id AS value FROM posts WHERE uri = ? OR url = ? ORDER BY id LIMIT 1"


@click.group()
def picture() -> None:
    """Keep sets of known pictures, by their hashes, for rules of the kind "pictures".

    \b
    Examples:
      fedinote picture set "known spam" --reason "sent in waves"
      fedinote picture add "known spam" --post 117000000000000000 --label "pills"
      fedinote picture import "known spam" hashes.csv --source "a list we trust"
      fedinote rule add "Known spam" --kind pictures --with "known spam" --action hold
    """


@picture.command(name="set")
@click.argument("name", metavar="NAME")
@click.option("--source", default="", help="Where it is from.")
@click.option("--reason", default="", help="Why it is kept.")
@pass_setup
def make(setup: Setup, name: str, source: str, reason: str) -> None:
    """Make an empty set called NAME.

    \b
    Example:
      fedinote picture set "known spam" --reason "sent in waves"
    """
    setup.run(lambda app: library.create(app, library.Wanted(name, source, reason), by=None))
    click.echo(f"{name} is there, and empty")


@picture.command(name="sets")
@pass_setup
def list_sets(setup: Setup) -> None:
    """List the sets, and how many hashes each has.

    \b
    Example:
      fedinote picture sets
    """
    found = setup.run(library.listing)
    if not found:
        click.echo("There are no sets")
        return
    rows = [{name: one[name] for name in ("name", "pictures", "source", "reason")} for one in found]
    click.echo(table(rows, ["name", "pictures", "source", "reason"]))


@picture.command(name="add")
@click.argument("name", metavar="NAME")
@click.option("--post", "posts", multiple=True, help="The id or the address of a post: all its files.")
@click.option("--media", multiple=True, type=click.IntRange(min=1), help="The id of an attachment.")
@click.option(
    "--file", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A picture."
)
@click.option("--pdq", multiple=True, help="What it looks like: 64 hexadecimal digits.")
@click.option("--digest", "sha256", multiple=True, help="Exactly this file: its SHA-256, 64 hexadecimal digits.")
@click.option("--label", default="", help="What it is.")
@click.option("--source", default="", help="Where it is from.")
@click.option("--reason", default="", help="Why it is added.")
@pass_setup
def add(setup: Setup, /, name: str, **options: Any) -> None:
    """Add pictures to the set NAME. Running servers know them within ten seconds.

    \b
    Examples:
      fedinote picture add "known spam" --post https://remote.example/notes/1 --label pills
      fedinote picture add "known spam" --file ./pills.jpg
    """
    about = About(options["label"], options["source"], options["reason"])
    plain = [
        Entry(kind, one, about.label, about.source, about.reason) for kind in (PDQ, SHA256) for one in options[kind]
    ]
    if not (plain or any(options[kind] for kind in ("posts", "media", "files"))):
        raise click.UsageError("Say what is to be added: --post, --media, --file, --pdq or --digest")

    async def work(app: App) -> int:
        set_id = (await library.named(app, name))["id"]
        count = await entries.add(app, set_id, plain, by=None) if plain else 0
        for post in options["posts"]:
            count += await entries.add_post(app, set_id, await _post(app, post), about, by=None)
        if options["media"]:
            count += await entries.add_media(app, set_id, options["media"], about, by=None)
        for file in options["files"]:
            count += await entries.add_file(app, set_id, file.read_bytes(), about, by=None)
        return count

    click.echo(f"New hashes: {setup.run(work)}")


async def _post(app: App, text: str) -> int:
    if text.isdecimal():
        return int(text)
    found: int | None = await app.db.value(_POST, text, text)
    if found is None:
        raise NotFound(f"There is no post {text} here")
    return found


@picture.command(name="list")
@click.argument("name", metavar="NAME")
@click.option("--limit", type=click.IntRange(1, 100_000), default=40, show_default=True, help="How many.")
@pass_setup
def list_pictures(setup: Setup, name: str, limit: int) -> None:
    """Show what is in the set NAME, newest first.

    \b
    Example:
      fedinote picture list "known spam"
    """

    async def work(app: App) -> list[Row]:
        return await entries.page(app, (await library.named(app, name))["id"], Window(limit).sql)

    found = setup.run(work)
    if not found:
        click.echo("It is empty")
        return
    rows = [
        {**{key: one[key] for key in ("id", "kind", "hash", "label")}, "since": iso(from_ms(one["created_at"]))}
        for one in found
    ]
    click.echo(table(rows, ["id", "since", "kind", "label", "hash"]))


@picture.command(name="remove")
@click.argument("name", metavar="NAME")
@click.argument("numbers", metavar="[ID]...", type=click.IntRange(min=1), nargs=-1)
@click.option("--all", "everything", is_flag=True, help="The whole set.")
@pass_setup
def remove(setup: Setup, name: str, numbers: tuple[int, ...], everything: bool) -> None:
    """Take what is listed under ID out of the set NAME, or delete the set.

    \b
    Examples:
      fedinote picture remove "known spam" 117000000000000000
      fedinote picture remove "known spam" --all
    """
    if bool(numbers) == everything:
        raise click.UsageError("Name what is meant by its ID, or --all. See: fedinote picture list")

    async def work(app: App) -> int:
        row = await library.named(app, name)
        if not everything:
            return await entries.remove(app, row["id"], numbers, by=None)
        await library.remove(app, row["id"], by=None)
        return int(row["pictures"])

    click.echo(f"Hashes removed: {setup.run(work)}")


@picture.command(name="import")
@click.argument("name", metavar="NAME")
@click.argument("file", type=click.File("rb"))
@click.option("--source", default="", help="Where the list is from.")
@click.option("--reason", default="", help="Why its pictures are added.")
@pass_setup
def import_list(setup: Setup, name: str, file: BinaryIO, source: str, reason: str) -> None:
    """Add what FILE lists (- for standard input) to the set NAME.

    FILE is CSV whose first line names the columns, of which hash is needed, and kind (pdq, sha256), label, source and
    reason are read; or it has one PDQ hash a line.

    \b
    Example:
      fedinote picture import "known spam" hashes.csv --source "a list we trust"
    """
    found = exchange.read(file.read(), source=source, reason=reason)

    async def work(app: App) -> int:
        return await entries.add(app, (await library.named(app, name))["id"], found, by=None)

    click.echo(f"New hashes: {setup.run(work)}, of {len(found)} in the list")


@picture.command(name="export")
@click.argument("name", metavar="NAME")
@pass_setup
def export_list(setup: Setup, name: str) -> None:
    """Write the set NAME to standard output, as CSV that can be imported elsewhere.

    \b
    Example:
      fedinote picture export "known spam" > hashes.csv
    """

    async def work(app: App) -> None:
        async for piece in exchange.written(app, (await library.named(app, name))["id"]):
            sys.stdout.write(piece)

    setup.run(work)
