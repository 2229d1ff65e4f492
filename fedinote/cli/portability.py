"""`fedinote user export`, `import` and `imports`: taking along whom one follows and what one keeps, as CSV files."""

from pathlib import Path
from typing import BinaryIO

import click

from fedinote.cli.context import Setup, need_user, pass_setup, table
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.infra.db import Row
from fedinote.portability import exports, imports
from fedinote.portability.formats import FORMATS

KIND = click.Choice(list(FORMATS))


@click.command()
@click.argument("name")
@click.argument("kind", type=KIND)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write, instead of printing."
)
@pass_setup
def export(setup: Setup, name: str, kind: str, output: Path | None) -> None:
    """Write what somebody follows, blocks, mutes, lists or keeps as a CSV file in Mastodon's format.

    \b
    Examples:
      fedinote user export alice follows --output follows.csv
      fedinote user export alice bookmarks > bookmarks.csv
    """

    async def work(app: App) -> str:
        return await exports.export(app, (await need_user(app, name)).account_id, kind)

    text = setup.run(work)
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8", newline="")
    click.echo(f"Wrote {output}")


@click.command(name="import")
@click.argument("name")
@click.argument("kind", type=KIND)
@click.argument("file", type=click.File("rb"))
@click.option("--overwrite", is_flag=True, help="What the person has and the file has not, goes.")
@pass_setup
def import_(setup: Setup, name: str, kind: str, file: BinaryIO, overwrite: bool) -> None:
    """Take a CSV file over for somebody, as Mastodon and FediNote write them. The running server works through it.

    \b
    Examples:
      fedinote user import alice follows following_accounts.csv
      fedinote user import alice blocks blocked_accounts.csv --overwrite
    """
    data: bytes = file.read()

    async def work(app: App) -> Row:
        account_id = (await need_user(app, name)).account_id
        made = await imports.start(app, account_id, kind, data, overwrite=overwrite)
        return await imports.show(app, account_id, made)

    row = setup.run(work)
    click.echo(f"{row['total']} rows wait for the server. See how it gets on: fedinote user imports {name}")


@click.command(name="imports")
@click.argument("name")
@pass_setup
def imports_(setup: Setup, name: str) -> None:
    """List the imports of somebody in the last two weeks, and which rows failed.

    \b
    Example:
      fedinote user imports alice
    """

    async def work(app: App) -> list[tuple[Row, list[imports.Failure]]]:
        account_id = (await need_user(app, name)).account_id
        rows = await imports.of(app, account_id)
        return [(row, await imports.failures(app, account_id, row["id"])) for row in rows]

    found = setup.run(work)
    if not found:
        click.echo(f"There are no imports of {name}")
        return
    columns = ["id", "kind", "total", "imported", "failed", "begun", "finished"]
    click.echo(table([_line(row) for row, _ in found], columns))
    failed = [
        {"kind": row["kind"], "row": ", ".join(filter(None, one.cells)), "why": one.error}
        for row, all_ in found
        for one in all_
    ]
    if failed:
        click.echo("\n" + table(failed, ["kind", "row", "why"]))


def _line(row: Row) -> dict[str, object]:
    ended = row["finished_at"]
    return {
        **{name: row[name] for name in ("id", "kind", "total", "imported", "failed")},
        "begun": iso(from_ms(row["created_at"])),
        "finished": "" if ended is None else iso(from_ms(ended)),
    }
