"""`fedinote translate`: engines tried on the command line, with no database."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fedinote.cli import translate_bench
from fedinote.cli.main import cli
from fedinote.cli.translate_bench import Score, scores
from fedinote.infra.errors import Unavailable
from fedinote.text import html
from fedinote.translation.routing import Router
from fedinote.translation.segments import segment_html
from fedinote.translation.traps import KINDS, TRAPS, passes
from tests.translation.engines_played import Played

LANGUAGES = ("en", "zh", "es", "ja")
EVERY = {tag: frozenset(LANGUAGES) - {tag} for tag in LANGUAGES}


def run(*words: str, code: int = 0, **settings: str) -> Result:
    outside = {name: None for name in os.environ if name.startswith("FEDINOTE_")}
    given = {f"FEDINOTE_TRANSLATION_{name.upper()}": value for name, value in settings.items()}
    result = CliRunner().invoke(cli, ["translate", *words], prog_name="fedinote", env={**outside, **given})
    assert result.exit_code == code, (result.output, result.exception)
    return result


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_text_is_translated_and_what_is_no_words_stays() -> None:
    said = run("text", "我喜欢茶！ https://b.example/ @mei 👋", "--to", "en", engine="phrasebook").output
    assert said.splitlines() == [
        "I like tea! https://b.example/ @mei 👋",
        "  (FediNote phrase book (demonstration), zh-Hans → en)",
    ]
    assert list(Path().iterdir()) == [], "nothing is written"


def test_without_any_settings_the_scripts_of_chinese_are_converted() -> None:
    assert (
        run("text", "我喜欢软件", "--from", "zh-CN", "--to", "zh-tw").output
        == "我喜歡軟體\n  (OpenCC, zh-CN → zh-TW)\n"
    )


def test_what_has_no_words_is_not_sent() -> None:
    assert "nothing to translate" in run("text", "https://b.example/ 🙂", "--to", "en").output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["text", "hi", "--to", "nonsense!"], 2, "no language tag"),
        (["text", "hi"], 2, "--to"),
        (["text", "hello world", "--to", "fr"], 1, "cannot be translated into the other"),
        (["text", "hi", "--to", "zh", "--engine", "Nobody"], 1, "No engine is called 'Nobody'. There are: OpenCC"),
        (["bench", "--pair", "zh-en"], 2, 'must be like "zh>en"'),
        (["bench", "--engine", "OpenCC"], 1, "No engine translates any of the pairs"),
    ],
)
def test_what_cannot_be_done_is_said(words: Sequence[str], code: int, said: str) -> None:
    assert said in run(*words, code=code, engine="phrasebook").output


def test_the_bench_prints_a_row_for_each_engine_and_pair_and_what_did_not_pass() -> None:
    said = run("bench", "--show", engine="phrasebook").output
    head, *rows = said.split("\n\n")[0].splitlines()
    assert head.split() == ["engine", "pair", *KINDS, "all", "errors", "ms", "characters"]
    assert len(rows) == 3, "two pairs and their sum"
    assert "zh>en" in said
    assert "→" in said
    only = run("bench", "--pair", "en>zh", engine="phrasebook").output
    assert "zh>en" not in only


async def _scored(engine: Played) -> list[Score]:
    return [score async for score in scores(Router([engine]), lambda *_: True)]


async def test_an_engine_that_gives_the_text_back_passes_nothing() -> None:
    found = await _scored(Played(pairs=EVERY, does=lambda text: text))
    assert sum(score.passed.total() for score in found) == 0
    assert sum(score.tried.total() for score in found) >= 80


async def test_an_engine_that_is_away_has_errors_and_no_points() -> None:
    (score, *_) = found = await _scored(Played(pairs=EVERY, fails=Unavailable(reason="away")))
    assert score.errors == score.tried.total()
    assert not any(one.passed for one in found)
    assert "away" in score.misses[0].said
    assert " 0 " in translate_bench.table(found)


async def test_what_is_cut_out_survives_every_engine() -> None:
    found = await _scored(Played(pairs=EVERY, does=lambda text: "好" if len(text) < 8 else "good"))
    for score in found:
        for kind in ("mentions", "urls", "emoji", "code"):
            assert score.passed[kind] == score.tried[kind], (kind, [miss.said for miss in score.misses])


def test_the_traps_are_of_every_kind_and_language() -> None:
    assert len(TRAPS) >= 40
    assert {trap.kind for trap in TRAPS} == set(KINDS)
    assert {trap.language for trap in TRAPS} == set(LANGUAGES)
    for trap in TRAPS:
        assert segment_html(html.sanitise(trap.html)).runs, trap.html
        assert trap.targets
        assert passes(trap, "fr", html.sanitise(trap.html), ""), "what must stay is there before"


@pytest.mark.parametrize(
    ("kind", "target", "good", "bad"),
    [
        ("negation", "en", "I don't like this movie.", "I like this movie."),
        ("negation", "ja", "この映画は好きではない。", "この映画が好きだ。"),
        ("numbers", "en", "It costs 1,280 yuan, 15% more.", "It costs 12 yuan, 15% more."),
        ("names", "en", "Li Ming lives in Beijing.", "Dawn lives in the capital."),
        ("slang", "en", "This song is the GOAT!", "This song is yyds!"),
    ],
)
def test_a_trap_tells_good_from_bad(kind: str, target: str, good: str, bad: str) -> None:
    trap = next(trap for trap in TRAPS if trap.kind == kind and target in trap.targets)
    assert passes(trap, target, good, good)
    assert not passes(trap, target, bad, bad)
