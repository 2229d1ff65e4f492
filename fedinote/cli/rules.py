"""`fedinote rule`: what a post must not say or do here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from fedinote.cli.context import Setup, need_user, pass_setup, plain, table
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.infra.db import Row
from fedinote.moderation.automatic import rules, trying, undoing
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.ip_blocks import expiry
from fedinote.policy.rules.across import NAMES, WHOSE
from fedinote.policy.rules.book import ACTIONS, KINDS, ORIGINS, SPARES
from fedinote.policy.rules.pictures import DISTANCE
from fedinote.timelines.window import Window

_DAY = 86_400


@click.group()
def rule() -> None:
    """Say what a post must not say or do here. A rule does nothing until it is switched on.

    \b
    Examples:
      fedinote rule add "No gambling" --kind words --with casino --with "free spins" --action hold
      fedinote rule try 117000000000000000
      fedinote rule on 117000000000000000
    """


@rule.command(name="add")
@click.argument("title", metavar="TITLE")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What it looks at.")
@click.option("--with", "values", multiple=True, help="What it looks for; may be given several times. See below.")
@click.option("--action", type=click.Choice(ACTIONS), default="note", show_default=True, help="What happens then.")
@click.option("--origin", type=click.Choice(ORIGINS), default="all", show_default=True, help="Whose posts.")
@click.option(
    "--spare", "spares", type=click.Choice(SPARES[1:]), help="From which level of trust on it leaves people alone."
)
@click.option("--translations", is_flag=True, help="Look into finished translations too (words, pattern).")
@click.option("--translate", metavar="TAG", help="Have posts translated into this language to look into them.")
@click.option("--translate-for", type=click.Choice(WHOSE), default=WHOSE[0], show_default=True, help="Whose posts.")
@click.option("--reason", default="", help="Why; may be shown to everybody.")
@click.option("--note", default="", help="A note for moderators.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it lasts once it is on; for good by default.")
@pass_setup
def add(setup: Setup, /, title: str, kind: str, values: tuple[str, ...], days: int | None, **options: Any) -> None:
    """Write a rule down as a draft, under TITLE.

    What --with means depends on the kind: a word or phrase (words); an expression of RE2 (pattern); a host, or the
    number of links that is allowed (links); the number of people that may be mentioned (mentions); days, or days and
    one of links, media, mentions, like 3/links (newcomers); times within minutes, like 5/60 (repeats); a language tag,
    or one with a ! for every other language (languages); the name of a set of pictures, then if need be in how many
    bits they may differ (31), the word "upright" (not mirrored or turned), and the word "fetch" (pictures of strangers
    are looked at as soon as they come) (pictures).

    \b
    Examples:
      fedinote rule add "No gambling" --kind words --with casino --action hold
      fedinote rule add "Links of newcomers" --kind newcomers --with 3/links --action hold --origin remote
      fedinote rule add "The same again" --kind repeats --with 5/60 --action reject
      fedinote rule add "No gambling" --kind words --with casino --translate en --action hold
    """
    across = {name: options.pop(name) for name in NAMES}
    options["spares"] = options["spares"] or ""

    async def work(app: App) -> int:
        until = expiry(app, None if days is None else days * _DAY)
        said = {**terms(kind, values), **_across(across)}
        wanted = Wanted(kind=kind, terms=said, title=title, expires_at=until, **options)
        return int((await rules.create(app, wanted, by=None))["id"])

    number = setup.run(work)
    click.echo(f"Written down as {number}. Try it: fedinote rule try {number}")


def terms(kind: str, values: Sequence[str]) -> Mapping[str, Any]:
    """Read what follows `--with`, by the kind of rule; what makes no sense is refused with the rule."""
    first, _, second = (values[0] if values else "").partition("/")
    found: Mapping[str, Callable[[], Mapping[str, Any]]] = {
        "words": lambda: {"words": list(values)},
        "pattern": lambda: {"pattern": "|".join(values)},
        "links": lambda: {"most": int(first)} if first.isdigit() else {"hosts": list(values)},
        "mentions": lambda: {"most": _number(first)},
        "newcomers": lambda: {"days": _number(first), "doing": second or "anything"},
        "repeats": lambda: {"times": _number(first), "minutes": _number(second or "60")},
        "languages": lambda: {"languages": [one.strip("!") for one in values], "only": first.startswith("!")},
        "pictures": lambda: _pictures(values),
    }
    return found[kind]()


def _across(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep of the options about other languages what says something."""
    return {name: value for name, value in given.items() if value and value != WHOSE[0]}


def _pictures(values: Sequence[str]) -> Mapping[str, Any]:
    name, *more = values or ("",)
    bits = [int(one) for one in more if one.isdigit()]
    return {"set": name, "turned": "upright" not in more, "fetch": "fetch" in more, "distance": (bits or [DISTANCE])[0]}


def _number(text: str) -> int | str:
    return int(text) if text.isdigit() else text


@rule.command(name="list")
@pass_setup
def list_rules(setup: Setup) -> None:
    """List the rules, and how often each caught something.

    \b
    Example:
      fedinote rule list
    """

    async def work(app: App) -> list[tuple[Row, str]]:
        return [(one, rules.standing(one, app.now())) for one in reversed(await rules.overview(app))]

    found = setup.run(work)
    if not found:
        click.echo("There are no rules")
        return
    rows = [
        {
            **{name: one[name] for name in ("id", "kind", "action", "origin", "title", "hits")},
            "state": state,
            "owner": one["owner"] or "",
            "until": _end(one),
        }
        for one, state in found
    ]
    click.echo(table(rows, ["id", "state", "kind", "action", "origin", "hits", "owner", "until", "title"]))


def _end(row: Row) -> str:
    return iso(from_ms(row["expires_at"])) if row["expires_at"] is not None else ""


@rule.command(name="try")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@click.option(
    "--days", type=click.IntRange(1, trying.MAX_DAYS), default=trying.DAYS, show_default=True, help="How far back."
)
@pass_setup
def try_rule(setup: Setup, number: int, days: int) -> None:
    """Show what the rule ID would have caught among the public posts of the last days. It changes nothing.

    \b
    Example:
      fedinote rule try 117000000000000000 --days 7
    """

    async def work(app: App) -> trying.Trial:
        return await trying.run(app, await rules.get(app, number), days=days)

    found = setup.run(work)
    click.echo(f"{found.caught} of {found.looked_at} posts, by {len(found.authors)} people")
    if found.examples:
        rows = [
            {"written": iso(one.written), "by": one.handle, "why": one.why, "post": one.uri} for one in found.examples
        ]
        click.echo(table(rows, ["written", "by", "why", "post"]))


@rule.command(name="hits")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@click.option("--limit", type=click.IntRange(1, 1000), default=40, show_default=True, help="How many.")
@pass_setup
def list_hits(setup: Setup, number: int, limit: int) -> None:
    """Show what the rule ID caught, newest first.

    \b
    Example:
      fedinote rule hits 117000000000000000
    """
    found = setup.run(lambda app: rules.hits(app, number, Window(limit).sql))
    if not found:
        click.echo("It caught nothing")
        return
    rows = [
        {
            "when": iso(from_ms(one["created_at"])),
            "by": f"@{one['username']}@{one['domain']}".removesuffix("@"),
            "action": one["action"],
            "why": one["why"],
            "post": one["uri"],
        }
        for one in found
    ]
    click.echo(table(rows, ["when", "by", "action", "why", "post"]))


def _switch(setup: Setup, number: int, state: str) -> None:
    row = setup.run(lambda app: rules.switch(app, number, state, by=None))
    click.echo(f"{row['title']} is {state}")


@rule.command(name="on")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@pass_setup
def switch_on(setup: Setup, number: int) -> None:
    """Put the rule ID into force. A running server follows within ten seconds.

    \b
    Example:
      fedinote rule on 117000000000000000
    """
    _switch(setup, number, "on")


@rule.command(name="off")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@pass_setup
def switch_off(setup: Setup, number: int) -> None:
    """Take the rule ID out of force; what it caught stays on record.

    \b
    Example:
      fedinote rule off 117000000000000000
    """
    _switch(setup, number, "off")


@rule.command(name="hand-over")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@click.argument("name", metavar="NAME")
@pass_setup
def hand_over(setup: Setup, number: int, name: str) -> None:
    """Let NAME, who may write rules, answer for the rule ID.

    \b
    Example:
      fedinote rule hand-over 117000000000000000 bert
    """

    async def work(app: App) -> Row:
        return await rules.hand_over(app, number, (await need_user(app, name)).account_id, by=None)

    click.echo(f"{plain(name)} answers for {plain(setup.run(work)['title'])}")


@rule.command(name="undo")
@click.argument("numbers", metavar="[ID]...", type=click.IntRange(min=1), nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All rules that are on.")
@pass_setup
def undo(setup: Setup, numbers: tuple[int, ...], everything: bool) -> None:
    """Take the rules ID (or all) out of force, publish what they hold, and restore whom they suspended.

    What else they did to posts that are here, they are shown as before. What another rule in force holds as well goes
    on waiting. Posts that were refused were never kept.

    \b
    Examples:
      fedinote rule undo 117000000000000000
      fedinote rule undo --all
    """
    if bool(numbers) == everything:
        raise click.UsageError("Name the rules by their IDs, or --all. See: fedinote rule list")

    async def work(app: App) -> undoing.Undone:
        chosen = [one["id"] for one in await rules.listing(app) if one["state"] == "on"] if everything else numbers
        return await undoing.undo_all(app, chosen, by=None)

    done = setup.run(work)
    click.echo(f"Posts published: {done.released}, accounts restored: {done.restored}, not possible: {done.failed}")
    if done.unmarked or done.gone:
        click.echo(f"Posts shown as before: {done.unmarked}, deleted for good: {done.gone}")


@rule.command(name="remove")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
@pass_setup
def remove(setup: Setup, number: int) -> None:
    """Delete the rule ID, with the list of what it caught.

    \b
    Example:
      fedinote rule remove 117000000000000000
    """
    setup.run(lambda app: rules.remove(app, number, by=None))
    click.echo("The rule is gone")
