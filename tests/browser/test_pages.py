"""The pages as a browser sees them: they are whole without scripts, and hostile text runs nothing."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import requirements
from tests.support.process import ServerProcess

HOSTILE = "<script>document.title='TAKEN'</script><img src=x onerror=\"document.title='TAKEN'\">"


@pytest.fixture(scope="module")
def chromium() -> str:
    found = requirements.browser()
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server")) as running:
        running.user("alice")
        yield running


def _call(server: ServerProcess, token: str, method: str, path: str, fields: dict) -> dict:
    request = urllib.request.Request(
        server.base_url + path,
        json.dumps(fields).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict = json.loads(answer.read())
        return found


def _seen(chromium: str, url: str, profile: Path) -> str:
    """What the page became in the browser, as HTML."""
    done = subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={profile}", "--virtual-time-budget=3000", "--dump-dom", url,
        ],
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1000:]
    return done.stdout


def test_a_post_and_its_author_are_shown_and_hostile_text_runs_nothing(
    chromium: str, server: ServerProcess, tmp_path: Path
) -> None:
    token = server.token("alice")
    changes = {"display_name": HOSTILE[:40], "note": HOSTILE}
    _call(server, token, "PATCH", "/api/v1/accounts/update_credentials", changes)
    status = _call(server, token, "POST", "/api/v1/statuses", {"status": f"茶 {HOSTILE}", "language": "zh"})
    for url in (status["url"], status["account"]["url"]):
        page = _seen(chromium, url, tmp_path / "profile")
        assert "茶" in page
        assert "TAKEN</title>" not in page
        assert "&lt;script&gt;" in page


def test_the_front_page_says_what_to_do_next(chromium: str, server: ServerProcess, tmp_path: Path) -> None:
    page = _seen(chromium, f"{server.base_url}/", tmp_path / "profile")
    assert f"localhost:{server.port}" in page
    assert "<h1" in page
