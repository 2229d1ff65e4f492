"""The command `fedinote` and the list of its commands."""

from pathlib import Path
from typing import Any

import click

import fedinote
from fedinote.cli.accounts import account
from fedinote.cli.announcements import announcement
from fedinote.cli.archives import archive, import_posts
from fedinote.cli.audit import audit
from fedinote.cli.barriers import allow, email_block, ip_block
from fedinote.cli.context import Setup
from fedinote.cli.demo import demo
from fedinote.cli.doctor import doctor
from fedinote.cli.domains import domain
from fedinote.cli.emojis import emoji
from fedinote.cli.glossary import glossary
from fedinote.cli.held import held
from fedinote.cli.invites import invite
from fedinote.cli.leaving import alias, delete, move
from fedinote.cli.lists import list_group
from fedinote.cli.media import media
from fedinote.cli.pictures import picture
from fedinote.cli.portability import export, import_, imports_
from fedinote.cli.relays import relay
from fedinote.cli.rules import rule
from fedinote.cli.search import search
from fedinote.cli.serve import migrate, serve, worker
from fedinote.cli.servers import server
from fedinote.cli.settings import setting
from fedinote.cli.tokens import token
from fedinote.cli.topics import topic
from fedinote.cli.translate import translate
from fedinote.cli.undo import undo
from fedinote.cli.users import user
from fedinote.infra.errors import FediNoteError


class Commands(click.Group):
    """The commands; tells those who give --config after the command where it belongs."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that is asked for."""
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            if error.option_name != "--config" or error.ctx is None:
                raise
            words = error.ctx.command_path.split()
            order = " ".join([words[0], "--config", "FILE", *words[1:]])
            raise click.UsageError(f"--config comes before the command: {order}", ctx=error.ctx) from None
        except FediNoteError as error:  # of what a command reads before it opens the database
            raise click.ClickException(error.message) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="FEDINOTE_CONFIG",
    help="The settings file (TOML). Default: the environment variable FEDINOTE_CONFIG, else built-in settings.",
)
@click.version_option(fedinote.__version__, prog_name="FediNote")
@click.pass_context
def cli(context: click.Context, config: Path | None) -> None:
    """Run and look after a FediNote server.

    Every setting can also be given in the environment: server.base_url is FEDINOTE_SERVER_BASE_URL.

    \b
    First steps:
      fedinote demo                               see what it is: two servers here, two languages
      fedinote serve                              start, on http://localhost:8000 unless set otherwise
      fedinote --config fedinote.toml serve       start with your settings
      fedinote doctor                             look whether everything is in order
    """
    context.obj = Setup(config)


for command in (
    serve,
    worker,
    migrate,
    user,
    account,
    token,
    invite,
    domain,
    audit,
    announcement,
    emoji,
    glossary,
    media,
    relay,
    search,
    setting,
    topic,
    translate,
    doctor,
    demo,
):
    cli.add_command(command)

for command in (alias, archive, delete, move, export, import_, import_posts, imports_):
    user.add_command(command)

for command in (ip_block, email_block, allow, rule, held, undo, picture, list_group, server):
    cli.add_command(command)


def main() -> None:
    """Run the command line; the entry point of the package."""
    cli(prog_name="fedinote")
