"""`fedinote rule` and `fedinote held`, run as an operator runs them."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fedinote.bootstrap import running
from fedinote.cli import rules
from fedinote.cli.main import cli
from fedinote.infra.errors import FediNoteError, Forbidden
from fedinote.infra.settings import load
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from tests.relations.people import person

Call = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("FEDINOTE_SERVER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FEDINOTE_SERVER_BASE_URL", "http://localhost:8000")
    monkeypatch.delenv("FEDINOTE_CONFIG", raising=False)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments))

    assert call("migrate").exit_code == 0
    return call


def write(*texts: str, folder: Path) -> list[type[FediNoteError] | None]:
    """Publish texts on the server of the folder; which error each met."""

    async def work() -> list[type[FediNoteError] | None]:
        environment = {"FEDINOTE_SERVER_DATA_DIR": str(folder), "FEDINOTE_SERVER_BASE_URL": "http://localhost:8000"}
        met: list[type[FediNoteError] | None] = []
        async with running(load(None, environment)) as app:
            author = await app.db.value("SELECT id AS value FROM accounts WHERE username = 'alice'")
            author = author or await person(app, "alice")
            for text in texts:
                try:
                    await publishing.publish(app, author, Draft(text))
                    met.append(None)
                except FediNoteError as error:
                    met.append(type(error))
        return met

    return asyncio.run(work())


def number_in(text: str) -> str:
    found = re.search(r"\d{10,}", text)
    assert found
    return found[0]


def test_a_rule_is_written_tried_switched_on_and_removed(run: Call, tmp_path: Path) -> None:
    assert run("rule", "list").output == "There are no rules\n"
    write("my casino", "tea", folder=tmp_path)
    made = run("rule", "add", "No gambling", "--kind", "words", "--with", "casino", "--action", "hold", "--days", "30")
    number = number_in(made.output)
    assert f"fedinote rule try {number}" in made.output
    tried = run("rule", "try", number).output
    assert tried.startswith("1 of 2 posts, by 1 people\n")
    assert "the word “casino”" in tried
    assert run("rule", "on", number).output == "No gambling is on\n"
    assert write("another casino", folder=tmp_path) == [Forbidden]
    listed = run("rule", "list").output.splitlines()[1].split()
    assert listed[:6] == [number, "on", "words", "hold", "all", "1"]
    assert "the word “casino”" in run("rule", "hits", number).output
    assert run("rule", "off", number).output == "No gambling is off\n"
    assert write("a third casino", folder=tmp_path) == [None]
    assert run("rule", "remove", number).exit_code == 0
    assert run("rule", "on", number).exit_code == 1


def test_what_is_held_is_listed_released_and_dropped(run: Call, tmp_path: Path) -> None:
    assert run("held", "list").output == "Nothing is held back\n"
    made = run("rule", "add", "No gambling", "--kind", "words", "--with", "casino", "--action", "hold")
    run("rule", "on", number_in(made.output))
    write("casino one", "casino two", "casino three", folder=tmp_path)
    listed = run("held", "list").output
    assert listed.count("written here") == 3
    assert run("held", "release").exit_code == 2
    dropped = run("held", "drop", number_in(listed)).output
    assert dropped.startswith("Dropped: 1\n")
    assert run("undo", number_in(dropped)).output == "As before (held posts): 1\n"
    assert run("held", "drop", number_in(listed)).output.startswith("Dropped: 1\n")
    assert run("held", "release", "--all").output.startswith("Released: 2\n")
    assert run("held", "list").output == "Nothing is held back\n"
    assert run("held", "drop", "117").exit_code == 1


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("links", ["spam.example"], {"hosts": ["spam.example"]}),
        ("links", ["3"], {"most": 3}),
        ("newcomers", ["3/links"], {"days": 3, "doing": "links"}),
        ("repeats", ["5/10"], {"times": 5, "minutes": 10}),
        ("languages", ["!zh", "en"], {"languages": ["zh", "en"], "only": True}),
        ("mentions", ["x"], {"most": "x"}),
    ],
)
def test_terms_are_read_by_their_kind(kind: str, values: list[str], expected: object) -> None:
    assert rules.terms(kind, values) == expected


def test_a_rule_that_makes_no_sense_is_refused(run: Call) -> None:
    for arguments in (("--kind", "pattern", "--with", "("), ("--kind", "words"), ("--kind", "mentions", "--with", "x")):
        refused = run("rule", "add", "No", *arguments)
        assert refused.exit_code == 1
        assert "Validation failed" in refused.output


def test_a_rule_is_written_down_for_other_languages(run: Call) -> None:
    for more in ((), ("--translations",), ("--translate", "en", "--translate-for", "all")):
        made = run("rule", "add", "No gambling", "--kind", "words", "--with", "casino", *more)
        assert made.exit_code == 0, made.output
    wrong = run("rule", "add", "No gambling", "--kind", "words", "--with", "casino", "--translate", "no language")
    assert wrong.exit_code != 0
    assert "BCP 47" in wrong.output


def test_the_options_about_languages_become_terms() -> None:
    assert rules._across({"translations": False, "translate": None, "translate_for": "strangers"}) == {}
    given = {"translations": True, "translate": "en", "translate_for": "all"}
    assert rules._across(given) == given


def test_a_rule_is_handed_over_and_its_owner_is_listed(run: Call) -> None:
    made = run("rule", "add", "No gambling", "--kind", "words", "--with", "casino")
    for name, role in (("bert", "admin"), ("alice", "member")):
        run("user", "create", name, "--email", f"{name}@example.org", "--password", "Long enough 7", "--role", role)
    done = run("rule", "hand-over", number_in(made.output), "bert")
    assert (done.exit_code, done.output) == (0, "bert answers for No gambling\n")
    assert "bert" in run("rule", "list").output
    for name in ("alice", "nobody"):
        refused = run("rule", "hand-over", number_in(made.output), name)
        assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
