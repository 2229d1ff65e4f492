"""`fedinote doctor post`: why something did not arrive, here or at another server."""

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.federation import tracing
from fedinote.infra.clock import iso

_KINDS = {"here": "here", "in": "came in", "out": "sent", "policy": "decision", "host": "server"}


@click.command()
@click.argument("url")
@pass_setup
def post(setup: Setup, url: str) -> None:
    """Tell why the post, account or activity at URL did not arrive: what came in or went out, and what became of it.

    URL is its id, or the address of its page, on this server or another one. Nobody is asked: what is shown is what
    this server remembers, for 30 days of what came in and 7 days of what was delivered.

    \b
    Examples:
      fedinote doctor post https://social.example/@anna/114567
      fedinote doctor post https://your.server/users/me/statuses/117660000000000000
    """
    found = setup.run(lambda app: tracing.trace(app, url))
    click.echo(click.style(found.answer, bold=True))
    if found.uri != url:
        click.echo(f"Its id is {found.uri}")
    lines = [
        {"time": iso(step.at) if step.at else "now", "what": _KINDS[step.kind], "server": step.host, "": step.text}
        for step in found.steps
    ]
    if lines:
        click.echo(table(lines, ["time", "what", "server", ""]))
