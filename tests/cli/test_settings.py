"""`fedinote setting`, run as an operator runs it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fedinote.cli.main import cli


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FEDINOTE_SERVER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FEDINOTE_SERVER_BASE_URL", "http://localhost:8000")
    monkeypatch.setenv("FEDINOTE_INSTANCE_DESCRIPTION", "From the environment")
    monkeypatch.delenv("FEDINOTE_CONFIG", raising=False)

    def call(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(cli, ["setting", *arguments], input=typed)

    assert CliRunner().invoke(cli, ["migrate"]).exit_code == 0
    return call


def test_setting_listing_and_taking_back(run) -> None:
    assert run("set", "instance.languages", "en, zh-Hans").output == "instance.languages is set.\n"
    assert run("set", "instance.languages", "en,zh-Hans").output == "instance.languages is that already.\n"
    shown = run("list", "--changed").output
    assert [line.split() for line in shown.splitlines()] == [
        ["setting", "value", "from"],
        ["instance.description", "From", "the", "environment", "FEDINOTE_INSTANCE_DESCRIPTION"],
        ["instance.languages", "en,", "zh-Hans", "chosen"],
    ]
    assert "posts.link_previews" in run("list").output
    assert run("unset", "instance.languages").output == "instance.languages is as it comes again.\n"
    assert run("unset", "instance.languages").output == "instance.languages was not set here.\n"


def test_a_secret_is_asked_for_and_never_printed(run) -> None:
    done = run("set", "translation.api_key", typed="very-secret\n")
    assert (done.exit_code, "very-secret" in done.output) == (0, False)
    shown = run("list").output
    assert ("very-secret" in shown, "(hidden)" in shown) == (False, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("set", "instance.titel", "x"), "there is no setting instance.titel. Did you mean instance.title?"),
        (("set", "posts.max_characters", "x"), "setting posts.max_characters: 'x' is no number"),
        (("set", "posts.max_characters", "0"), "posts.max_characters: must be 1 or more"),
        (("set", "server.base_url", "http://x"), "The setting server.base_url cannot be changed while the server runs"),
        (
            ("set", "instance.description", "x"),
            "The setting instance.description is set in FEDINOTE_INSTANCE_DESCRIPTION, and can only be changed there",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.output) == (1, f"Error: {said}\n")


@pytest.mark.parametrize("command", [(), ("set",), ("list",), ("unset",)])
def test_help_teaches_by_example(run, command: tuple[str, ...]) -> None:
    shown = run(*command, "--help")
    assert shown.exit_code == 0
    assert "Example" in shown.output


def test_the_doctor_names_what_was_chosen_without_effect(run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("set", "instance.title", "Tea").exit_code == 0
    monkeypatch.setenv("FEDINOTE_INSTANCE_TITLE", "Of the environment")
    said = CliRunner().invoke(cli, ["doctor"]).output
    assert "without effect: instance.title (FEDINOTE_INSTANCE_TITLE)" in said
    monkeypatch.delenv("FEDINOTE_INSTANCE_TITLE")
    assert "without effect" not in CliRunner().invoke(cli, ["doctor"]).output
