"""Generated requests after the OpenAPI document: whatever they are, nobody gets the server to fail.

Fixed seeds and few examples for each route; `FEDINOTE_FUZZ_EXAMPLES` gives it more.
"""

import json
import os
import urllib.request
from collections.abc import Mapping
from typing import Any

import pytest

from fedinote.api.openapi import PATH
from tests.support.process import ServerProcess

schemathesis: Any = pytest.importorskip("schemathesis")
hypothesis: Any = pytest.importorskip("hypothesis")
requests: Any = pytest.importorskip("requests")

EXAMPLES = int(os.environ.get("FEDINOTE_FUZZ_EXAMPLES", "6"))
SCOPES = "read write follow push profile admin:read admin:write"
LASTING = "/api/v1/streaming/"
ENDING = {"/oauth/revoke"}  # nothing here to end but what the test needs
SERVER_ERROR = 500
EXPECTED: set[tuple[str, int]] = set()  # what a server that cannot reach others answers rightly


@pytest.fixture(scope="module")
def callers(server: ServerProcess) -> Mapping[str, Mapping[str, str]]:
    """The headers of nobody, of a member and of an admin who owns the place."""
    server.user("olive", role="owner")
    tokens = {name: server.token(name, SCOPES) for name in ("alice", "olive")}
    return {"nobody": {}, **{name: {"Authorization": f"Bearer {token}"} for name, token in tokens.items()}}


@pytest.fixture(scope="module")
def ids(server: ServerProcess, callers: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """Ids of things that are there, so that requests come further than to a 404."""
    found = {}
    for path, body in {
        "statuses": {"status": "which #tea?", "poll": {"options": ["a", "b"], "expires_in": 3600}},
        "lists": {"title": "friends"},
        "filters": {"phrase": "spinach", "context": ["home"]},
        "featured_tags": {"name": "tea"},
    }.items():
        answer = requests.post(f"{server.base_url}/api/v1/{path}", json=body, headers=callers["alice"], timeout=60)
        assert answer.status_code == 200, answer.text
        found[path] = answer.json()["id"]
        if path == "statuses":
            found["polls"], found["accounts"] = answer.json()["poll"]["id"], answer.json()["account"]["id"]
    return found


def test_nobody_gets_the_server_to_fail(
    server: ServerProcess, callers: Mapping[str, Mapping[str, str]], ids: Mapping[str, str]
) -> None:
    with urllib.request.urlopen(f"{server.base_url}{PATH}", timeout=60) as answer:
        schema = schemathesis.openapi.from_dict(json.load(answer))
    failures: dict[str, str] = {}
    sent = {"cases": 0, "requests": 0}
    session = requests.Session()
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.startswith(LASTING) or operation.path in ENDING:
            continue
        _try(server, operation, callers, ids, failures=failures, sent=sent, session=session)
    assert failures == {}
    assert sent["requests"] > 250 * EXAMPLES * len(callers) / 2  # routes without parameters have one case


def _try(
    server: ServerProcess,
    operation: Any,
    callers: Mapping[str, Mapping[str, str]],
    ids: Mapping[str, str],
    *,
    failures: dict[str, str],
    sent: dict[str, int],
    session: Any,
) -> None:
    def one(case: Any) -> None:
        sent["cases"] += 1
        kind = operation.path.split("/")[3] if operation.path.count("/") > 3 else ""
        if "id" in case.path_parameters and kind in ids and sent["cases"] % 2:
            case.path_parameters["id"] = ids[kind]
        for name, headers in callers.items():
            answer = case.call(base_url=server.base_url, headers=dict(headers), session=session, timeout=60)
            sent["requests"] += 1
            if answer.status_code >= SERVER_ERROR and (operation.path, answer.status_code) not in EXPECTED:
                sent_body = repr(case.body)[:200]
                failures.setdefault(
                    f"{operation.method.upper()} {operation.path}",
                    f"{answer.status_code} for {name}: {case.path_parameters} {case.query} {sent_body}",
                )

    modes = schemathesis.GenerationMode
    kinds = [operation.as_strategy(generation_mode=mode) for mode in (modes.POSITIVE, modes.NEGATIVE)]
    tries = hypothesis.given(case=hypothesis.strategies.one_of(*kinds))(one)
    quiet = hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    quiet(tries)()
