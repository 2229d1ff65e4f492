"""The benchmark harness must not rot: a run with tiny numbers does everything once, and finds nothing wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import keys, report
from bench.figures import percentile
from bench.wire import Request

ROOT = Path(__file__).resolve().parents[2]
DELIVERY = b'{"type":"Create"}'


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory, dialect: str, cluster: object) -> dict:
    target = tmp_path_factory.mktemp("bench") / "figures.json"
    command = [sys.executable, "-m", "bench", "--smoke", "--database", dialect, "--json", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(target.read_text())
    found["printed"] = done.stdout
    return found


def test_every_operation_is_measured_without_errors(result: dict) -> None:
    names = {line["name"] for line in result["lines"]}
    assert names == set(report.REFERENCES)
    for line in result["lines"]:
        assert line["figures"], line["name"]
        for figure in line["figures"]:
            assert figure["operations"] > 0, line["name"]
            assert figure["errors"] == {}, line["name"]


def test_the_number_of_statements_of_each_page_is_known(result: dict) -> None:
    pages = [line for line in result["lines"] if line["name"].startswith(("GET", "search"))]
    assert len(pages) == 9
    assert all(line["queries"] is not None for line in pages)


def test_the_table_names_every_operation(result: dict) -> None:
    assert all(line["name"] in result["printed"] for line in result["lines"])
    assert "resident memory, idle" in result["printed"]


def test_a_server_that_uses_memory_is_seen_to(result: dict) -> None:
    assert result["footprint"]["idle"]["resident"] > 10
    assert result["footprint"]["start"] > 0


def signed(key: keys.Key) -> Request:
    head, _, body = key.request("POST", "http://host.example/inbox", "http://a.example/key", DELIVERY).partition(
        b"\r\n\r\n"
    )
    lines = head.decode().split("\r\n")[1:]
    return Request("POST", "/inbox", dict(line.split(": ", 1) for line in lines), body)


def test_the_checker_accepts_a_good_signature() -> None:
    key = keys.Key()
    assert keys.wrong_with(signed(key), key.pem) == ""


@pytest.mark.parametrize("change", ["body", "digest", "date", "signature", "uncovered", "key"])
def test_the_checker_finds_what_is_wrong_with_a_signature(change: str) -> None:
    key = keys.Key()
    request = signed(key)
    pem = keys.Key().pem if change == "key" else key.pem
    match change:
        case "body":
            request.body += b" "
        case "digest":
            request.body += b" "
            request.headers["digest"] = keys.digest(request.body)
        case "date":
            request.headers["date"] = "Mon, 01 Jan 2024 00:00:00 GMT"
        case "signature":
            request.headers["signature"] = request.headers["signature"].replace('signature="', 'signature="AAAA')
        case "uncovered":
            request.headers["signature"] = request.headers["signature"].replace(" digest", "")
    assert keys.wrong_with(request, pem) != ""


def test_percentiles_are_in_milliseconds() -> None:
    assert percentile([], 0.5) is None
    assert percentile([0.001, 0.002, 0.003], 0.5) == 2.0
    assert percentile([0.003, 0.001, 0.002], 1.0) == 3.0
