"""`fedinote media`, run as an operator runs it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fedinote.bootstrap import running
from fedinote.cli.main import cli
from fedinote.infra.settings import load
from fedinote.media import remote_cache, remote_files
from fedinote.media.remote import Source


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FEDINOTE_SERVER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FEDINOTE_SERVER_BASE_URL", "http://localhost:8000")
    monkeypatch.delenv("FEDINOTE_CONFIG", raising=False)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments))

    assert call("migrate").exit_code == 0
    asyncio.run(_fill(tmp_path))
    return call


async def _fill(folder: Path) -> None:
    environment = {"FEDINOTE_SERVER_DATA_DIR": str(folder), "FEDINOTE_SERVER_BASE_URL": "http://localhost:8000"}
    async with running(load(None, environment)) as app:
        for host, size in (("far.example", 3_000_000), ("cdn.far.example", 2_000_000), ("near.example", 1_000_000)):
            key = await remote_files.storage(app).put(b"x" * size, "png")
            source = Source("emoji", 0, f"https://{host}/a.png")
            await remote_cache._note(app, source, remote_cache.Kept(key, "", size))
        await app.storage.put(b"y" * 500_000, "png")


def files(folder: Path) -> Any:
    return sorted(place.stat().st_size for place in (folder / "remote").rglob("*.png"))


def test_usage_tells_both_kinds_the_cap_and_the_biggest_hosts(run) -> None:
    shown = run("media", "usage", "--hosts", "2")
    assert shown.exit_code == 0
    assert "Media of people here:   0.5 MB" in shown.output
    assert "Kept of other servers:  6.0 MB of at most" in shown.output
    assert shown.output.index("far.example") < shown.output.index("cdn.far.example")
    assert "near.example" not in shown.output


def test_one_domain_with_its_subdomains_can_be_cleaned(run, tmp_path: Path) -> None:
    assert run("media", "clean", "--domain", "FAR.example").output == "2 files were removed, 5.0 MB.\n"
    assert files(tmp_path) == [1_000_000]


def test_only_what_nobody_looked_at_for_long_goes_with_days(run, tmp_path: Path) -> None:
    assert run("media", "clean", "--days", "1").output == "0 files were removed, 0.0 MB.\n"
    assert run("media", "clean", "--days", "0").output == "3 files were removed, 6.0 MB.\n"
    assert files(tmp_path) == []


def test_nothing_is_cleaned_without_being_told_what(run, tmp_path: Path) -> None:
    refused = run("media", "clean")
    assert refused.exit_code == 2
    assert "--all" in refused.output
    assert len(files(tmp_path)) == 3
    assert run("media", "clean", "--all").output == "3 files were removed, 6.0 MB.\n"
    assert files(tmp_path) == []
