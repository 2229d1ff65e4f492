"""`fedinote setting`: the settings that can be changed while the server runs."""

from typing import Any

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.infra import choices
from fedinote.infra import settings as sections
from fedinote.infra.app import App
from fedinote.infra.settings import SettingsError
from fedinote.moderation.house import choosing

_HIDDEN = "(hidden)"


@click.group()
def setting() -> None:
    """Change settings while the server runs; it takes them over within seconds.

    What stands in the environment or in the settings file is locked: it comes before what is set here, and what is
    set here comes before the default.

    \b
    Examples:
      fedinote setting list
      fedinote setting set registrations.mode approval
      fedinote setting unset registrations.mode
    """


@setting.command("list")
@click.option("--changed", is_flag=True, help="Only those that differ from the default.")
@pass_setup
def list_(setup: Setup, changed: bool) -> None:
    """List the settings that can be changed, with their values and where these come from.

    \b
    Example:
      fedinote setting list --changed
    """

    async def work(app: App) -> list[dict[str, str]]:
        found = [choices.setting(app, key) for key in choices.changeable()]
        return [_line(one) for one in found if not changed or one.source != "default"]

    rows = setup.run(work)
    click.echo(table(rows, ["setting", "value", "from"]) if rows else "Everything is as it comes")


def _line(one: choices.Setting) -> dict[str, str]:
    value = (_HIDDEN if one.present else "") if one.key in choices.SECRETS else _text(one.value)
    return {"setting": one.key, "value": value, "from": one.place or one.source}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@setting.command("set")
@click.argument("key", metavar="KEY")
@click.argument("value", metavar="[VALUE]", required=False)
@pass_setup
def set_(setup: Setup, key: str, value: str | None) -> None:
    """Set KEY to VALUE. Lists are parted by commas, switches are true or false.

    Without VALUE it is asked for; a key of a translation engine is not shown while it is typed.

    \b
    Examples:
      fedinote setting set instance.title "Tea House"
      fedinote setting set instance.languages en,zh-Hans
      fedinote setting set translation.api_key
    """
    text = click.prompt(key, hide_input=key in choices.SECRETS, default="") if value is None else value
    try:
        wanted = sections.parse(key, text)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    done = setup.run(lambda app: choosing.choose(app, {key: wanted}, by=None))
    click.echo(f"{key} is set." if done else f"{key} is that already.")


@setting.command()
@click.argument("key", metavar="KEY")
@pass_setup
def unset(setup: Setup, key: str) -> None:
    """Take back what was set for KEY: the default holds again.

    \b
    Example:
      fedinote setting unset posts.max_characters
    """
    done = setup.run(lambda app: choosing.withdraw(app, [key], by=None))
    click.echo(f"{key} is as it comes again." if done else f"{key} was not set here.")
