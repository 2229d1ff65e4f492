"""`fedinote glossary`: the words that are explained under posts and told to translation engines."""

from pathlib import Path
from typing import Any

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.infra.app import App
from fedinote.moderation.house import contributions
from fedinote.translation import glossary_csv
from fedinote.translation import glossary_keeping as keeping
from fedinote.translation.glossary import Entry


@click.group()
def glossary() -> None:
    """Keep the glossary: slang and names, explained under posts and told to translation engines.

    \b
    Examples:
      fedinote glossary starter
      fedinote glossary add yyds --origin zh --meaning en="the best there is" --translation en="the GOAT"
      fedinote glossary list
      fedinote glossary export glossary.csv
    """


def _pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for value in values:
        tag, equals, text = value.partition("=")
        if not equals or not tag or not text:
            raise click.BadParameter(f"{value} is not LANGUAGE=TEXT")
        found[tag] = text
    return found


@glossary.command()
@click.argument("term", metavar="TERM")
@click.option("--origin", required=True, help="The language that the term belongs to, such as zh or en.")
@click.option("--language", "languages", multiple=True, help="In posts of which languages it means this. Default: all.")
@click.option("--meaning", "meanings", multiple=True, callback=_pairs, help="LANGUAGE=TEXT: what it means.")
@click.option("--translation", "translations", multiple=True, callback=_pairs, help="LANGUAGE=TEXT: what to write.")
@click.option("--keep", is_flag=True, help="Engines leave the term as it is.")
@pass_setup
def add(setup: Setup, /, term: str, **said: Any) -> None:
    """Add TERM, or change the entry that has it.

    \b
    Examples:
      fedinote glossary add 内卷 --origin zh --meaning en="rolling inward" --translation en="rat race"
      fedinote glossary add FediNote --origin en --keep
    """
    entry = Entry(term=term, **said)
    made = setup.run(lambda app: contributions.put(app, entry, by=None))
    click.echo(f"The glossary has {made.term} as {made.id}")


@glossary.command()
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@pass_setup
def remove(setup: Setup, number: int) -> None:
    """Take the entry ID out.

    \b
    Example:
      fedinote glossary remove 117000000000000000
    """
    setup.run(lambda app: contributions.remove(app, number, by=None))
    click.echo("The entry is gone")


@glossary.command(name="list")
@pass_setup
def list_(setup: Setup) -> None:
    """List all entries.

    \b
    Example:
      fedinote glossary list
    """

    async def work(app: App) -> list[dict[str, Any]]:
        return [
            {
                "id": one.id,
                "term": one.term,
                "origin": one.origin,
                "keep": "yes" if one.keep else "",
                "translations": "; ".join(f"{tag}: {text}" for tag, text in one.translations.items()),
            }
            for one in await keeping.everything(app)
        ]

    rows = setup.run(work)
    click.echo(table(rows, list(rows[0])) if rows else "The glossary is empty. See: fedinote glossary starter")


@glossary.command()
@pass_setup
def starter(setup: Setup) -> None:
    """Load the entries that come with FediNote: some sixty words of Chinese and English slang.

    \b
    Example:
      fedinote glossary starter
    """
    count = setup.run(lambda app: contributions.put_all(app, glossary_csv.starter(), by=None))
    click.echo(f"{count} entries are in the glossary")


@glossary.command(name="import")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_setup
def import_(setup: Setup, file: Path) -> None:
    """Add or change the entries of FILE (CSV), all or none.

    \b
    Example:
      fedinote glossary import glossary.csv
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not in UTF-8") from error

    async def work(app: App) -> int:
        return await contributions.put_all(app, glossary_csv.read(text), by=None)

    click.echo(f"{setup.run(work)} entries were read")


@glossary.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@pass_setup
def export(setup: Setup, file: Path) -> None:
    """Write all entries to FILE (CSV).

    \b
    Example:
      fedinote glossary export glossary.csv
    """
    entries = setup.run(keeping.everything)
    file.write_text(glossary_csv.written(entries), encoding="utf-8", newline="")
    click.echo(f"{len(entries)} entries are in {file}")


@glossary.command()
@click.option("--accept", type=click.IntRange(min=1), help="Put this proposal into the glossary.")
@click.option("--reject", type=click.IntRange(min=1), help="Turn this proposal down.")
@pass_setup
def proposals(setup: Setup, accept: int | None, reject: int | None) -> None:
    """List what members propose, or decide about one of them.

    \b
    Examples:
      fedinote glossary proposals
      fedinote glossary proposals --accept 117000000000000000
    """
    if accept is not None and reject is not None:
        raise click.UsageError("Either --accept or --reject")
    number = accept or reject
    if number is not None:
        made = setup.run(lambda app: contributions.decide(app, number, accepted=accept is not None, by=None))
        click.echo(f"{made.entry.term}: {made.state}")
        return
    rows = [
        {
            "id": one.id,
            "term": one.entry.term,
            "origin": one.entry.origin,
            "meanings": "; ".join(f"{tag}: {text}" for tag, text in one.entry.meanings.items()),
            "comment": one.comment,
        }
        for one in setup.run(lambda app: keeping.proposals(app, state="open"))
    ]
    click.echo(table(rows, list(rows[0])) if rows else "Nothing waits for a decision")
