"""Settings: what is wrong is named in our words, with its place and what would be right."""

from pathlib import Path

import pytest

from fedinote.infra.settings import SettingsError, load


def refused(environment: dict[str, str], path: Path | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        load(path, environment)
    return str(caught.value)


@pytest.fixture
def file(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "some.toml"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("FEDINOTE_SERVER_BASEURL", "FEDINOTE_SERVER_BASE_URL"),
        ("FEDINOTE_BASE_URL", "FEDINOTE_SERVER_BASE_URL"),
        ("FEDINOTE_CONFG", "FEDINOTE_CONFIG"),
    ],
)
def test_an_unknown_variable_is_named_with_the_nearest_one(name: str, meant: str) -> None:
    assert refused({name: "x"}) == f"environment variable {name} is no setting. Did you mean {meant}?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sever]\nbind = 1", "there is no section [sever]. Did you mean server?"),
        ("[zzz]\nbind = 1", "there is no section [zzz]. There are: server, database, instance"),
        ("[server]\nbase_ur = 1", "there is no key base_ur in [server]. Did you mean base_url?"),
        ("[instance]\nbase_url = 1", "there is no key base_url in [instance]. It belongs in [server]"),
        ("[log]\nzzz = 1", "there is no key zzz in [log]. There are: level"),
        ("base_url = 1", "base_url stands in no section. It belongs in [server]"),
    ],
)
def test_an_unknown_key_is_named_with_its_file_and_what_was_meant(file, text: str, said: str) -> None:
    path = file(text)
    assert refused({}, path).startswith(f"settings file {path}: {said}")


def test_a_value_that_is_none_of_the_allowed_ones_names_them(file) -> None:
    said = refused({"FEDINOTE_REGISTRATIONS_MODE": "maybe"})
    assert said.startswith("setting registrations.mode (FEDINOTE_REGISTRATIONS_MODE): 'maybe' is none of: ")
    assert said.endswith("open, approval, invitation, closed")
    path = file('[translation]\nengine = "deep"')
    said = refused({}, path)
    assert (
        said == f"setting translation.engine (settings file {path}): 'deep' is none of: (empty), libretranslate, deepl,"
        " openai, argos, phrasebook"
    )


def test_a_value_of_the_wrong_kind_says_what_it_must_be(file) -> None:
    path = file('[posts]\nmax_characters = "many"')
    assert refused({}, path).endswith("must be a whole number, not a text in quotes")
    path = file("[federation]\nallow_networks = [1]")
    assert refused({}, path).startswith("setting federation.allow_networks[0] (")
    path = file('server = "x"')
    assert refused({}, path).endswith("must be a section, not a text in quotes")


def test_the_environment_wins_over_the_file(file) -> None:
    path = file('[server]\nbind = "127.0.0.1:1"\n[log]\nlevel = "error"')
    settings = load(path, {"FEDINOTE_SERVER_BIND": "127.0.0.1:2", "OTHER": "x"})
    assert (settings.server.bind, settings.log.level) == ("127.0.0.1:2", "error")
