"""What the server is made of and begins with: dependencies, the container, secrets and the modes of files (H07)."""

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fedinote.bootstrap import running
from fedinote.cli import places
from fedinote.infra.app import App
from fedinote.infra.keys import COOKIE_KEY, VAPID_PRIVATE
from tests.conftest import make_settings

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
# Nobody keeps these any more, or they were never made for what strangers send.
UNKEPT = {
    "bleach",
    "httpsig",
    "html5lib",
    "python-jose",
    "pycrypto",
    "httpsig-cffi",
    "requests-http-signature",
    "pyld",
}
# The first version of each without an advisory that is known, as far as it reads what strangers send.
FLOORS = {
    "aiohttp": (3, 13, 3), "cryptography": (46, 0, 5), "h11": (0, 16, 0), "idna": (3, 7), "jinja2": (3, 1, 6),
    "pillow": (12, 1, 1), "python-multipart": (0, 0, 22), "starlette": (0, 49, 1), "uvicorn": (0, 11, 7),
    "websockets": (9, 1), "yarl": (1, 9), "httptools": (0, 6, 3),
}  # fmt: skip


def locked(name: str) -> dict[str, str]:
    """The versions in a lock file."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE))


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"\d+", version)[:3])


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_its_hashes(name: str) -> None:
    entries = re.split(r"^(?=[a-z0-9._-]+==)", (ROOT / name).read_text(), flags=re.MULTILINE)[1:]
    assert len(entries) > 30
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"^(?:-e |git\+|https?:|\.)", (ROOT / name).read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_no_package_is_locked_below_the_last_version_with_a_known_hole(name: str) -> None:
    found = locked(name)
    assert {one: found[one] for one in FLOORS if one in found and numbers(found[one]) < FLOORS[one]} == {}


def test_nothing_that_nobody_keeps_any_more_reads_what_strangers_send() -> None:
    """Tests may use such a thing to play another server."""
    assert UNKEPT & set(locked("requirements.lock")) == set()


def test_what_may_be_installed_does_not_go_below_it_either() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    stated = {re.split(r"[<>=\[ ]", one)[0]: one for one in project["project"]["dependencies"]}
    for name, least in FLOORS.items():
        if name in stated:
            floor = re.search(r">=([0-9.]+)", stated[name])
            assert floor, f"{name} has no floor"
            assert numbers(floor[1]) >= least, stated[name]


def test_the_container_runs_as_nobody_in_particular_and_carries_no_secret() -> None:
    text = (ROOT / "docker" / "Dockerfile").read_text()
    last = text.rsplit("\nFROM ", 1)[1]
    user = re.findall(r"^USER (\S+)", last, re.MULTILINE)
    assert user
    assert user[-1] not in ("root", "0", "0:0")
    assert "--require-hashes" in text
    assert not re.search(r"(?i)(?:ENV|ARG).*(?:password|secret|token|api_key)", text)
    compose = (ROOT / "docker" / "compose.yml").read_text()
    assert not re.search(r"(?i)^\s*\w*(?:password|secret)\w*:\s*[\"']?(?!\$)[a-z0-9]+[\"']?\s*$", compose, re.MULTILINE)


async def test_each_server_makes_secrets_of_its_own_at_its_first_start(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        async with running(make_settings(tmp_path / name, f"sqlite://{tmp_path / name}.db"), migrate=True) as app:
            made.append(dict(app.secrets))
    assert len(bytes.fromhex(made[0][COOKIE_KEY])) == 32
    for secret in (COOKIE_KEY, VAPID_PRIVATE):
        assert made[0][secret] != made[1][secret]


async def test_what_is_made_at_the_first_start_is_for_its_owner_alone(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, f"sqlite://{tmp_path / 'data' / 'fedinote.db'}")
    places.make_folder(settings)
    async with running(settings, migrate=True):
        paths = [settings.data_path, *settings.data_path.glob("fedinote.db*")]
        assert len(paths) >= 2
        for path in paths:
            assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path.name
        with places.alone(settings):
            assert not (settings.data_path / places.LOCK).exists()
            assert not (tmp_path / "data" / "fedinote.db.lock").stat().st_mode & 0o077


async def test_an_instance_without_its_secrets_does_not_use_an_empty_one(app: App) -> None:
    assert min(len(value) for value in app.secrets.values()) > 8
    assert app.secrets[COOKIE_KEY] != "0" * 64
