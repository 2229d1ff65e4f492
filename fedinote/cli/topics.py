"""`fedinote topic`: hashtags of several languages that mean the same."""

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.infra.app import App
from fedinote.moderation.house import topics as keeping
from fedinote.timelines import topic_suggestions, topics
from fedinote.timelines.topic_suggestions import Suggestion


class Title(click.ParamType[tuple[str, str]]):
    """A title with its language, such as zh=猫."""

    name = "language=title"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return language and title; a text that has no "=" ends the command."""
        tag, sign, title = str(value).partition("=")
        if not sign:
            self.fail(f"{value} is not like zh=猫", param, ctx)
        return tag, title


@click.group()
def topic() -> None:
    """Say which hashtags mean the same in several languages, so that people can follow and read them as one.

    \b
    Examples:
      fedinote topic suggest
      fedinote topic create cats cat 猫 gato --title en=Cats --title zh=猫
      fedinote topic add cats ねこ
      fedinote topic list
    """


@topic.command()
@click.argument("name", metavar="NAME")
@click.argument("tags", metavar="TAG...", nargs=-1, required=True)
@click.option("--title", "titles", type=Title(), multiple=True, help="What to call it in a language; repeatable.")
@pass_setup
def create(setup: Setup, name: str, tags: tuple[str, ...], titles: tuple[tuple[str, str], ...]) -> None:
    """Make the topic NAME of the hashtags TAG, with or without #.

    \b
    Example:
      fedinote topic create cats cat 猫 gato --title en=Cats --title zh=猫
    """
    made = setup.run(lambda app: keeping.create(app, None, name, tags, titles=dict(titles)))
    click.echo(f"{made.slug}: {' '.join(f'#{tag.display}' for tag in made.tags)}")


@topic.command()
@click.argument("name", metavar="NAME")
@click.argument("tags", metavar="TAG...", nargs=-1, required=True)
@pass_setup
def add(setup: Setup, name: str, tags: tuple[str, ...]) -> None:
    """Add the hashtags TAG to the topic NAME.

    \b
    Example:
      fedinote topic add cats ねこ kissa
    """
    _change(setup, name, add=tags)


@topic.command()
@click.argument("name", metavar="NAME")
@click.argument("tags", metavar="TAG...", nargs=-1, required=True)
@pass_setup
def remove(setup: Setup, name: str, tags: tuple[str, ...]) -> None:
    """Take the hashtags TAG out of the topic NAME.

    \b
    Example:
      fedinote topic remove cats kissa
    """
    _change(setup, name, remove=tags)


def _change(setup: Setup, name: str, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> None:
    async def work(app: App) -> topics.Topic:
        found = await topics.named(app, name)
        return await keeping.change(app, None, found.id, add=add, remove=remove)

    changed = setup.run(work)
    click.echo(f"{changed.slug}: {' '.join(f'#{tag.display}' for tag in changed.tags)}")


@topic.command()
@click.argument("name", metavar="NAME")
@pass_setup
def delete(setup: Setup, name: str) -> None:
    """Take the topic NAME away. Its hashtags stay; those who follow it get their posts no longer.

    \b
    Example:
      fedinote topic delete cats
    """

    async def work(app: App) -> None:
        await keeping.delete(app, None, (await topics.named(app, name)).id)

    setup.run(work)
    click.echo("The topic is gone")


@topic.command(name="list")
@pass_setup
def list_(setup: Setup) -> None:
    """List the topics with their hashtags.

    \b
    Example:
      fedinote topic list
    """
    found = setup.run(topics.everything)
    if not found:
        click.echo("There is no topic")
        return
    rows = [{"name": one.slug, "tags": " ".join(f"#{tag.display}" for tag in one.tags)} for one in found]
    click.echo(table(rows, ["name", "tags"]))


@topic.command()
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="How many at most.")
@pass_setup
def suggest(setup: Setup, limit: int) -> None:
    """List pairs of hashtags that people use together, and that could be one topic; the likeliest first.

    \b
    Example:
      fedinote topic suggest --limit 5
    """

    async def work(app: App) -> list[Suggestion]:
        return await topic_suggestions.suggestions(app, limit)

    found = setup.run(work)
    if not found:
        click.echo("Nobody used two hashtags together that are not one topic")
        return
    rows = [
        {"tags": f"#{one.tags[0]} #{one.tags[1]}", "posts": one.posts, "people": one.people, "score": one.score}
        for one in found
    ]
    click.echo(table(rows, list(rows[0])))
