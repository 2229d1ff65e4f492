"""The section of translation engines: what is wrong is named before anything starts."""

from pathlib import Path

import pytest

from fedinote.infra.settings import SettingsError, load
from fedinote.infra.translation_settings import EngineSettings


def loaded(tmp_path: Path, text: str) -> tuple[EngineSettings, ...]:
    path = tmp_path / "fedinote.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, {}).translation.configured


def engines(*tables: str) -> str:
    return "".join(f"[[translation.engines]]\n{table}\n" for table in tables)


LIBRE = 'kind = "libretranslate"\nurl = "http://127.0.0.1:5000"'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[translation]\nengine = "libretranslate"', "translation.url: the engine libretranslate needs its http"),
        (engines('kind = "openai"\nmodel = "m"'), "translation.engines[0].url: the engine openai needs its http"),
        (engines('kind = "openai"\nurl = "http://x"'), "translation.engines[0].model: the engine openai needs"),
        (engines('kind = "deepl"'), "translation.engines[0].api_key: DeepL answers only"),
        (engines(LIBRE, LIBRE), "translation.engines[1].name: 'LibreTranslate' is the name of another"),
        (engines(LIBRE + '\nname = "OpenCC"'), "translation.engines[0].name: 'OpenCC' is the name of another"),
        (engines(LIBRE + '\nname = "a\\nb"'), "translation.engines[0].name: at most"),
        (engines(LIBRE + "\ntimeout = -1.0"), "translation.engines[0].timeout: must be"),
        (engines(LIBRE + "\nconcurrency = 0"), "translation.engines[0].concurrency: must be"),
        (engines(LIBRE) + '[translation]\nengine = "phrasebook"', "translation"),
        (engines(LIBRE) + '[translation.chains]\n"zh-en" = []', "translation.chains: 'zh-en' is no pair"),
        (engines(LIBRE) + '[translation.chains]\n"*" = ["Libre"]', "no engine is called 'Libre'. There are: Libre"),
        (
            engines(LIBRE, 'kind = "google"'),
            "): 'google' is none of: libretranslate, deepl, openai, argos, phrasebook",
        ),
        (engines(LIBRE + "\nspeed = 1"), "setting translation.engines[0] ("),
        (engines(LIBRE + "\nconcurrency = 'x'"), "setting translation.engines[0].concurrency ("),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, text)
    assert said in str(caught.value)


def test_a_single_engine_and_a_list_exclude_each_other() -> None:
    with pytest.raises(SettingsError, match="no setting"):
        load(None, {"FEDINOTE_TRANSLATION_ENGINES_0_KIND": "deepl"})


def test_one_engine_needs_a_few_variables_only() -> None:
    settings = load(
        None,
        {
            "FEDINOTE_TRANSLATION_ENGINE": "openai",
            "FEDINOTE_TRANSLATION_URL": "http://127.0.0.1:11434/v1",
            "FEDINOTE_TRANSLATION_MODEL": "qwen3:8b",
            "FEDINOTE_TRANSLATION_LOCATION": "local",
        },
    )
    (engine,) = settings.translation.configured
    assert (engine.kind, engine.title, engine.location, engine.seconds) == ("openai", "qwen3:8b", "local", 30.0)


def test_the_time_to_wait_suits_the_kind_unless_it_is_set(tmp_path: Path) -> None:
    found = loaded(tmp_path, engines(LIBRE, 'kind = "argos"', LIBRE + '\nname = "b"\ntimeout = 2.5'))
    assert [engine.seconds for engine in found] == [5.0, 30.0, 2.5]


@pytest.mark.parametrize("pair", ["*", "zh>en", "zh-Hant>*", "*>pt-BR"])
def test_pairs_of_chains(tmp_path: Path, pair: str) -> None:
    assert loaded(tmp_path, engines(LIBRE) + f'[translation.chains]\n"{pair}" = ["LibreTranslate", "OpenCC"]')
