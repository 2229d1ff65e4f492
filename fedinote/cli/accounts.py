"""`fedinote account`: what is urgent about an account at night: its login, its reach, its suspension."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import click

from fedinote.accounts import profiles
from fedinote.cli.context import Setup, pass_setup, plain, table
from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.infra.errors import FediNoteError, NotFound
from fedinote.moderation import actions, moderator
from fedinote.moderation.cases import statements
from fedinote.moderation.cases.statements import Basis, Statement
from fedinote.moderation.moderator import Subordinate

_Verb = Callable[[App, int], Awaitable[None]]
_SHOWN = 80


@click.group()
def account() -> None:
    """Act on accounts, of people here and elsewhere. Each decision is told to whom it is about, and can be undone.

    \b
    Examples:
      fedinote account show troll@loud.example
      fedinote account suspend troll@loud.example --reason "Wave of spam"
      fedinote account unsuspend troll@loud.example
    """


def _reasons(command: Callable[..., None]) -> Callable[..., None]:
    """Add the argument and the options of what needs a statement of reasons."""
    for option in (
        click.option("--language", metavar="TAG", help="The language of the reason."),
        click.option("--reason", default="", help="Why; whoever lives here reads it, and may appeal."),
        click.argument("handles", metavar="HANDLE...", nargs=-1, required=True),
    ):
        command = option(command)
    return command


@account.command()
@_reasons
@pass_setup
def suspend(setup: Setup, handles: tuple[str, ...], reason: str, language: str | None) -> None:
    """Suspend HANDLE: nobody sees the account or its posts. For 30 days that can be undone, then it is deleted.

    \b
    Examples:
      fedinote account suspend troll@loud.example
      fedinote account suspend alice bob --reason "Taken over by somebody else" --language en
    """
    basis = Basis(language=language)
    _each(setup, handles, lambda app, one: actions.suspend(app, None, one, reason=reason, basis=basis), "suspended")


@account.command()
@_reasons
@pass_setup
def limit(setup: Setup, handles: tuple[str, ...], reason: str, language: str | None) -> None:
    """Limit HANDLE: only its followers see its posts, and it must ask before it follows.

    \b
    Example:
      fedinote account limit loud@far.example --reason "Adverts"
    """
    basis = Basis(language=language)
    _each(setup, handles, lambda app, one: actions.silence(app, None, one, reason=reason, basis=basis), "limited")


@account.command()
@_reasons
@pass_setup
def disable(setup: Setup, handles: tuple[str, ...], reason: str, language: str | None) -> None:
    """End the login of HANDLE, who lives here: sessions and tokens end at once, what was posted stays.

    \b
    Example:
      fedinote account disable alice --reason "Somebody else has the password"
    """
    basis = Basis(language=language)
    _each(setup, handles, lambda app, one: actions.disable(app, None, one, reason=reason, basis=basis), "disabled")


@account.command()
@click.argument("handles", metavar="HANDLE...", nargs=-1, required=True)
@pass_setup
def unsuspend(setup: Setup, handles: tuple[str, ...]) -> None:
    """End the suspension of HANDLE.

    \b
    Example:
      fedinote account unsuspend alice
    """
    _each(setup, handles, lambda app, one: actions.unsuspend(app, None, one), "not suspended")


@account.command()
@click.argument("handles", metavar="HANDLE...", nargs=-1, required=True)
@pass_setup
def unlimit(setup: Setup, handles: tuple[str, ...]) -> None:
    """End the limits of HANDLE.

    \b
    Example:
      fedinote account unlimit loud@far.example
    """
    _each(setup, handles, lambda app, one: actions.unsilence(app, None, one), "not limited")


@account.command()
@click.argument("handles", metavar="HANDLE...", nargs=-1, required=True)
@pass_setup
def enable(setup: Setup, handles: tuple[str, ...]) -> None:
    """Give HANDLE the login back.

    \b
    Example:
      fedinote account enable alice
    """
    _each(setup, handles, lambda app, one: actions.enable(app, None, one), "able to sign in")


def _each(setup: Setup, handles: Sequence[str], verb: _Verb, state: str) -> None:
    """Do something to each account; what is not possible is told and stops nobody else. Exit code 1 where some was."""

    async def work(app: App) -> list[str]:
        failed = []
        for handle in dict.fromkeys(handles):
            try:
                await verb(app, await _known(app, handle))
            except FediNoteError as error:
                failed.append(f"{handle}: {error}")
            else:
                click.echo(f"{plain(handle)} is {state}")
        return failed

    failed = setup.run(work)
    for one in failed:
        click.echo(f"Not possible: {plain(one)}", err=True)
    if failed:
        raise SystemExit(1)


async def _known(app: App, handle: str) -> int:
    found = await profiles.find(app, handle)
    if found is None:
        raise NotFound("This account is not known here")
    return int(found.id)


@account.command()
@click.argument("handle", metavar="HANDLE")
@pass_setup
def show(setup: Setup, handle: str) -> None:
    """Show how HANDLE stands, and what was decided about it, newest first.

    \b
    Example:
      fedinote account show troll@loud.example
    """

    async def work(app: App) -> tuple[Subordinate | None, list[Statement]]:
        number = await _known(app, handle)
        return await moderator.standing(app, number), await statements.about(app, number)

    stands, decided = setup.run(work)
    click.echo(f"{plain(handle)} is {', '.join(_states(stands)) if stands else 'gone'}")
    if decided:
        click.echo(table([_line(one) for one in decided], ["when", "decision", "by", "state", "reason"]))


def _states(one: Subordinate) -> list[str]:
    found = [
        _with("suspended", one.suspended_by_domain) if one.suspended else "",
        _with("limited", one.silenced_by_domain) if one.silenced else "",
        "marked as sensitive" if one.sensitized else "",
        one.state if one.state not in (None, "active") else "",
    ]
    return [state for state in found if state] or ["as usual"]


def _with(state: str, domain: str | None) -> str:
    return f"{state} with {domain}" if domain else state


def _standing(one: Statement) -> str:
    if one.lifted_at is not None:
        return f"lifted ({one.lifted_why})"
    return f"appeal {one.appeal}" if one.appeal else "stands"


def _line(one: Statement) -> Mapping[str, Any]:
    text = " ".join(one.text.split())
    return {
        "when": iso(one.created_at),
        "decision": one.action,
        "by": "a rule" if one.automated else "a moderator" if one.moderator_id else "the command line",
        "state": _standing(one),
        "reason": text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…",
    }
