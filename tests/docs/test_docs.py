"""The documents keep up with the code: what they name is there, and what is there is named."""

import importlib
import re
import tomllib
from typing import Any

import click
import msgspec
import pytest

import fedinote
from fedinote.api.access import LIMITS
from fedinote.cli.main import cli
from fedinote.federation.handlers import HANDLERS
from fedinote.infra.settings import OTHER_VARIABLES, Settings, lay, load
from tests.docs import client_api
from tests.docs.pages import ADRS, DOCS, ROOT, Page, files, page, pages

PAGES = pages()
EXAMPLE = ROOT / "config" / "fedinote.example.toml"
ARCHITECTURE = "docs/architecture.md"
SECTIONS = {field.name: field.type for field in msgspec.structs.fields(Settings)}
KEYS = {f"{name}.{field.name}" for name, kind in SECTIONS.items() for field in msgspec.structs.fields(kind)}
PARTS = {p.stem if p.suffix else p.name for p in (ROOT / "fedinote").iterdir() if p.suffix == ".py" or p.is_dir()}
PARTS -= {"__init__", "__pycache__", "_data"}


def every(pages: list[Page]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("one", pages, ids=lambda one: one.name)


# -- links and names --------------------------------------------------------------------------------------------------


@every(PAGES)
def test_every_link_between_documents_leads_somewhere(one: Page) -> None:
    for target in one.links:
        name, _, anchor = target.partition("#")
        place = (one.path.parent / name).resolve() if name else one.path
        assert place.is_relative_to(ROOT), f"{one.name}: {target} leads out of the repository"
        assert place.exists(), f"{one.name}: {target} is not there"
        if anchor:
            assert anchor in page(place.relative_to(ROOT).as_posix()).anchors, f"{one.name}: {target} has no heading"


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), ["README.md"]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        found = page(name)
        targets = [(found.path.parent / link.partition("#")[0]).resolve() for link in found.links if link[0] != "#"]
        waiting += [place.relative_to(ROOT).as_posix() for place in targets if place.suffix == ".md" and place.exists()]
    assert {one.name for one in PAGES} - reached == set()


@every(PAGES)
def test_every_name_of_the_code_in_a_document_is_in_the_code(one: Page) -> None:
    for text in one.inline:
        name = text.removesuffix("()")
        if re.fullmatch(r"[a-z_]+(?:\.[A-Za-z_]+)+", name) and name.partition(".")[0] in PARTS:
            assert known(name), f"{one.name}: there is no {text}"


def known(name: str) -> bool:
    """Whether a dotted name is a setting, a module below `fedinote`, or something in one."""
    if name in KEYS or (ROOT / "fedinote" / name).is_file():
        return True
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(["fedinote", *parts[:length]]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            found = getattr(found, attribute, None)
        return found is not None
    return False


@every(PAGES)
def test_every_path_of_the_repository_in_a_document_is_there(one: Page) -> None:
    folders = "fedinote|tests|migrations|config|docker|docs|static|tools|bench"
    for text in one.inline:
        if re.fullmatch(rf"(?:{folders})(?:/[\w.-]+)+/?", text):
            assert (ROOT / text).exists(), f"{one.name}: there is no {text}"


@every(PAGES)
def test_every_make_command_in_a_document_is_a_target(one: Page) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for code in one.code for name in re.findall(r"\bmake ([a-z][a-z-]*)", code)}
    assert named - targets == set()


def test_the_readme_names_the_commands_that_one_begins_with() -> None:
    code = "\n".join(page("README.md").code)
    for command in ("make run", "make demo", "make test", "make test REQUIRE=all", "make check", "make bench"):
        assert command in code


# -- architecture and decisions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_part_of_the_package_is_in_the_architecture(part: str) -> None:
    name = f"{part}.py" if (ROOT / "fedinote" / f"{part}.py").is_file() else f"{part}/"
    assert re.search(rf"(?<![\w/]){re.escape(name)}", page(ARCHITECTURE).section("Layout")), name


def test_the_architecture_gives_the_layers_as_they_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    shown = page(ARCHITECTURE).section("Imports go only downward")
    written = [line.strip() for line in re.search(r"```text\n(.*?)```", shown, re.DOTALL)[1].splitlines()]  # type: ignore[index]
    assert written == [re.sub(r"[()]", "", layer) for layer in layers]


def decisions() -> list[Page]:
    return [page(f"docs/adr/{path.name}") for path in sorted(ADRS.glob("[0-9]*.md"))]


@every(decisions())
def test_every_decision_is_listed_and_has_its_parts(one: Page) -> None:
    number, title = re.match(r"# (\d{4})\. (.+)\n", one.text).groups()  # type: ignore[union-attr]
    assert one.path.name.startswith(f"{number}-")
    assert f"[{number}. {title}]({one.path.name})" in page("docs/adr/README.md").text
    assert [text for level, text in one.headings if level == 2] == ["Context", "Decision", "Consequences"]


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [one.path.name[:4] for one in decisions()] == [f"{n:04d}" for n in range(1, len(decisions()) + 1)]


# -- settings ---------------------------------------------------------------------------------------------------------


def test_the_example_has_every_setting_with_its_default_and_loads() -> None:
    example = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert example == msgspec.to_builtins(Settings())
    assert lay(load(EXAMPLE, {}), {}) == Settings()


def test_every_setting_of_the_example_is_explained() -> None:
    before = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if re.match(r"[a-z_]+ *=", line):
            assert before.startswith("#"), f"nothing explains {line}"
        before = line


@every(PAGES)
def test_every_environment_variable_in_a_document_is_a_setting(one: Page) -> None:
    variables = {f"FEDINOTE_{key.replace('.', '_').upper()}" for key in KEYS} | OTHER_VARIABLES
    assert set(re.findall(r"\bFEDINOTE_[A-Z_]*[A-Z]\b", one.text)) - variables == set()


# -- the command line -------------------------------------------------------------------------------------------------


def commands(group: click.Group, path: str = "fedinote") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {path: group}
    for name, command in group.commands.items():
        below = commands(command, f"{path} {name}") if isinstance(command, click.Group) else {f"{path} {name}": command}
        found |= below
    return found


COMMANDS = commands(cli)


def described() -> dict[str, str]:
    """The sections of docs/cli.md by command."""
    sections = page("docs/cli.md").sections()
    return {title.strip("`"): text for title, text in sections if title.startswith("`fedinote")}


def test_the_command_line_is_documented_and_nothing_else() -> None:
    assert set(described()) == set(COMMANDS)


def test_the_front_page_names_every_command_and_section_of_the_settings() -> None:
    text = page("README.md").section("Commands and settings")
    named = set(re.findall(r"`([a-z-]+)`", text))
    assert {*cli.commands, *SECTIONS} - named == set()


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_of_a_command_is_documented_and_no_other(path: str) -> None:
    text = described().get(path, "")
    options = [p for p in COMMANDS[path].params if isinstance(p, click.Option) and not p.hidden]
    names = {name for option in options for name in (*option.opts, *option.secondary_opts) if name.startswith("--")}
    assert names <= set(re.findall(r"--[a-z-]+", text)), path
    assert set(re.findall(r"^\| `(--[a-z-]+)", text, re.MULTILINE)) <= names | {"--help"}, path
    for argument in (p for p in COMMANDS[path].params if isinstance(p, click.Argument)):
        assert (argument.metavar or str(argument.name).upper()) in text, path


@every(PAGES)
def test_every_command_in_a_document_exists(one: Page) -> None:
    for code in one.code:
        for name, sub in re.findall(r"\bfedinote (?:--config \S+ )?([a-z][a-z-]*)(?: ([a-z][a-z0-9-]*))?", code):
            command = cli.commands.get(name)
            assert command is not None, f"{one.name}: fedinote {name}"
            if isinstance(command, click.Group) and sub:
                assert sub in command.commands, f"{one.name}: fedinote {name} {sub}"


# -- the client API and federation ------------------------------------------------------------------------------------


def test_the_table_of_routes_is_that_of_the_code() -> None:
    written, real = client_api.documented(), client_api.served()
    hint = "run: python -m tests.docs.client_api"
    assert set(written) - set(real) == set(), f"documented, but not served; {hint}"
    assert set(real) - set(written) == set(), f"served, but not documented; {hint}"
    assert len(written) == len(real)


def test_every_rate_limit_is_documented() -> None:
    text = page(client_api.NAME).section("Rate limits")
    for name, limit in LIMITS.items():
        row = rf"^\| {name} \| {limit.hits:,} \| {limit.window / 60:g} min \| {limit.by} \|$"
        assert re.search(row, text, re.MULTILINE), name


def test_every_activity_that_is_handled_is_in_federation_md() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", page("FEDERATION.md").section("Activities received"), re.MULTILINE)
    assert set(rows) == set(HANDLERS)


# -- the whole repository ---------------------------------------------------------------------------------------------


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    changelog = page("CHANGELOG.md")
    titles = [text for level, text in changelog.headings if level == 2]
    assert titles[0] == "[Unreleased]"
    assert fedinote.__version__ in changelog.text


# Joined here, so that this file does not contain what it looks for.
PLACES = ["/" + "work/", "/" + "root/", "/" + "home/", "/" + "tmp/w/"]
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.", "proxy." + "golang.org", "ruby" + "gems.org"]


def test_no_file_names_a_machine_or_a_registry() -> None:
    wrong = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        wrong += [f"{path.relative_to(ROOT)}: {word}" for word in [*PLACES, *REGISTRIES] if word in text]
    assert wrong == []


@every(PAGES)
def test_no_document_names_a_folder_for_scratch(one: Page) -> None:
    assert "/" + "tmp/" not in one.text


def test_the_folder_of_documents_is_not_empty() -> None:
    assert len(list(DOCS.rglob("*.md"))) > 10
