"""`fedinote translate`: try the engines, on the operator's own words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

import fedinote
from fedinote.cli import translate_bench
from fedinote.cli.context import Setup, pass_setup, run_async
from fedinote.cli.translate_bench import Score
from fedinote.infra.outbound import Outbound
from fedinote.infra.settings import Settings
from fedinote.text import language
from fedinote.translation import routing
from fedinote.translation.engine import Engine
from fedinote.translation.routing import Router
from fedinote.translation.segments import segment_text

_PAIR_PARTS = 2


@click.group()
def translate() -> None:
    """Try the engines that the settings name.

    Neither the database nor the running server is needed. What you type here is sent to engines and is written nowhere.

    \b
    Examples:
      fedinote translate text "今天天气真好" --to en
      fedinote translate bench
    """


def _tag(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    tag = language.canonical(value)
    if tag is None:
        raise click.BadParameter(f"{value!r} is no language tag such as en or zh-TW")
    return tag


def _pair(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, str] | None:
    if value is None:
        return None
    parts = value.split(">")
    if len(parts) != _PAIR_PARTS:
        raise click.BadParameter('must be like "zh>en"')
    return parts[0], parts[1]


@translate.command()
@click.argument("words")
@click.option("--to", "target", required=True, callback=_tag, help="The language to translate into, such as en.")
@click.option("--from", "source", callback=_tag, help="The language of the text; found out when it is not given.")
@click.option("--engine", help="Ask this engine only, by its name.")
@pass_setup
def text(setup: Setup, words: str, target: str, source: str | None, engine: str | None) -> None:
    """Translate a text as a post would be, and say which engine did it.

    Links, mentions, tags, code and emoji are kept from the engine, as they are in posts. The glossary is not used.

    \b
    Examples:
      fedinote translate text "Good morning! https://b.example/" --to zh-TW
      fedinote translate text "软件" --from zh-CN --to zh-TW
    """
    click.echo(run_async(_translated(setup.settings(), words, (source, target), engine)))


@translate.command()
@click.option("--engine", help="Test this engine only, by its name.")
@click.option("--pair", callback=_pair, help='Test one pair of languages only, such as "zh>en".')
@click.option("--show", is_flag=True, help="Show the translations that did not pass.")
@pass_setup
def bench(setup: Setup, engine: str | None, pair: tuple[str, str] | None, show: bool) -> None:
    """Run some forty sentences with traps through the engines, and print what each got right.

    Negation, numbers, names, markup, mentions, addresses, emoji, code and slang, in Chinese, English, Spanish and
    Japanese. A row is an engine and a pair of languages: passed of tried for each kind of trap, errors, the median
    milliseconds of a sentence, and the characters that were sent. Engines that cost money are asked too.

    \b
    Examples:
      fedinote translate bench
      fedinote translate bench --engine LibreTranslate --pair "zh>en" --show
    """
    found = run_async(_benched(setup.settings(), engine, pair))
    if not found:
        raise click.ClickException(
            "No engine translates any of the pairs of the test: Chinese, English, Spanish, Japanese"
        )
    click.echo(translate_bench.table(found))
    for score in found if show else ():
        click.echo(f"\n{score.engine}, {score.source}>{score.target}")
        for miss in score.misses:
            click.echo(f"  {miss.trap.kind}: {miss.trap.html}\n    → {miss.said}")


@asynccontextmanager
async def _router(settings: Settings, engine: str | None) -> AsyncIterator[Router]:
    """Build the engines and end them. Ends the command where there is none of the wanted name."""
    outbound = Outbound(user_agent=f"FediNote/{fedinote.__version__}")
    router = routing.build(settings.translation, outbound.call_service)
    try:
        names = [one.name for one in router.engines]
        if engine is not None and engine not in names:
            raise click.ClickException(f"No engine is called {engine!r}. There are: {', '.join(names)}")
        yield router
    finally:
        await router.close()
        await outbound.close()


async def _translated(settings: Settings, words: str, pair: tuple[str | None, str], engine: str | None) -> str:
    source, target = pair
    source = source or language.detect(words)
    cut = segment_text(words)
    async with _router(settings, engine) as router:
        if not cut.runs:
            return f"{words}\n  (there is nothing to translate)"
        routed = await router.translate(
            cut.runs, source=source, target=target, among=lambda one: engine in (None, one.name)
        )
    return f"{cut.rebuild(routed.texts)}\n  ({routed.engine.name}, {source or routed.detected or 'und'} → {target})"


async def _benched(settings: Settings, engine: str | None, pair: tuple[str, str] | None) -> list[Score]:
    def wanted(one: Engine, source: str, target: str) -> bool:
        return engine in (None, one.name) and pair in (None, (source, target))

    async with _router(settings, engine) as router:
        return [score async for score in translate_bench.scores(router, wanted)]
