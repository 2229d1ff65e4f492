"""`fedinote media`: how much room files take, those of people here and those kept of other servers."""

import asyncio

import click

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.infra.app import App
from fedinote.media import remote_files

_MEGABYTE = 1_000_000


@click.group()
def media() -> None:
    """See how much room media takes, and make room.

    \b
    Example:
      fedinote media usage
    """


@media.command("usage")
@click.option("--hosts", default=20, show_default=True, help="How many hosts to list, those with most first.")
@pass_setup
def usage(setup: Setup, hosts: int) -> None:
    """Show how much room people's own media takes, and what is kept of other servers'.

    \b
    Example:
      fedinote media usage --hosts 5
    """

    async def work(app: App) -> str:
        own = await asyncio.to_thread(app.storage.size)
        kept = await remote_files.usage(app)
        shares = await remote_files.biggest(app, hosts)
        lines = [
            f"Media of people here:   {_size(own)}",
            f"Kept of other servers:  {_size(kept.bytes)} of at most {_size(kept.cap)}, {kept.files} files",
            f"Could not be had:       {kept.failures} files",
        ]
        rows = [{"host": one.host, "files": one.files, "size": _size(one.bytes)} for one in shares]
        return "\n".join([*lines, *(["", table(rows, ["host", "files", "size"])] if rows else [])])

    click.echo(setup.run(work))


@media.command("clean")
@click.option("--days", type=click.IntRange(min=0), help="Only what nobody looked at for so many days.")
@click.option("--domain", default="", help="Only what comes from this domain, or belongs to somebody there.")
@click.option("--all", "everything", is_flag=True, help="All of it.")
@pass_setup
def clean(setup: Setup, days: int | None, domain: str, everything: bool) -> None:
    """Remove what is kept of other servers' media; it is fetched again when somebody looks at it.

    \b
    Examples:
      fedinote media clean --days 7
      fedinote media clean --domain files.example
      fedinote media clean --all
    """
    if days is None and not domain and not everything:
        raise click.UsageError("Say what is to be removed: --days, --domain or --all")

    async def work(app: App) -> tuple[int, int]:
        found = await remote_files.clean(app, days=days, domain=domain)
        await remote_files.forget_now(app)
        return found

    files, size = setup.run(work)
    click.echo(f"{files} files were removed, {_size(size)}.")


def _size(size: int) -> str:
    return f"{size / _MEGABYTE:,.1f} MB"
