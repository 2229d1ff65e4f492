"""A shared cache before the server, as RFC 9111 lets it be: it never gives anybody what is somebody else's (G13)."""

from dataclasses import dataclass, field

import pytest

from fedinote.auth.viewer import Viewer
from fedinote.moderation import actions, moderator
from fedinote.moderation.moderator import Power
from tests.api.client import Answer, Client
from tests.security.stage import Post, Stage
from tests.security.test_leaks import wrong
from tests.security.test_leaks_pages import GET
from tests.support.fakefedi import ACTIVITY
from tests.support.people import configure
from tests.support.signing import signed

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"
GUESS = 600
"""Seconds that this cache keeps what says nothing about it: the worst that one may do (RFC 9111, section 4.2.2)."""
CACHED_BY_THEMSELVES = (200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501)


@dataclass
class SharedCache:
    """Keeps what it may, and as long as it may. `kept` is what it holds, by path and query."""

    stage: Stage
    now: float = 0.0
    kept: dict[str, list[tuple[float, dict[str, str], dict[str, str], Answer]]] = field(default_factory=dict)
    hits: int = 0

    async def get(self, path: str, headers: dict[str, str] | None = None, **asked: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in ((headers or {}) | asked).items()}
        for until, vary, _, answer in self.kept.get(path, ()):
            if until > self.now and "*" not in vary and all(sent.get(name) == value for name, value in vary.items()):
                self.hits += 1
                return answer
        answer = await Client(self.stage.town.asgi).get(path, headers=sent)
        self._keep(path, sent, answer)
        return answer

    def _keep(self, path: str, sent: dict[str, str], answer: Answer) -> None:
        rules = [one.strip().lower() for one in (answer.header("cache-control") or "").split(",") if one.strip()]
        if "no-store" in rules or "private" in rules:
            return
        if "authorization" in sent and not {"public", "must-revalidate"} & set(rules):
            return
        ages = [one for one in rules if one.startswith(("s-maxage=", "max-age="))]
        if not ages and answer.status not in CACHED_BY_THEMSELVES:
            return
        assert not [name for name, _ in answer.headers if name == "set-cookie"], f"{path}: a cookie may be kept"
        age = int(ages[0].partition("=")[2]) if ages else 0 if "no-cache" in rules else GUESS
        names = [one.strip().lower() for line in _all(answer, "vary") for one in line.split(",")]
        vary = {name: sent.get(name, "") for name in names} | ({"*": ""} if "*" in names else {})
        vary = {name: value for name, value in vary.items() if name in sent} | {
            name: None for name in names if name not in sent and name != "*"
        }  # type: ignore[assignment]
        self.kept.setdefault(path, []).insert(0, (self.now + age, vary, sent, answer))


def _all(answer: Answer, name: str) -> list[str]:
    return [value for key, value in answer.headers if key == name]


def the(stage: Stage, visibility: str) -> Post:
    return next(post for post in stage.posts if post.local and post.visibility == visibility)


def signing(stage: Stage, name: str, path: str) -> dict[str, str]:
    return {"accept": ACTIVITY} | dict(signed(stage.signers[name], stage.app.settings.host, path, b"", GET))


async def cookie_of(stage: Stage, name: str) -> str:
    return f"session={stage.viewer(name).browser.cookies['session']}"


async def test_the_cache_of_these_tests_keeps_something(stage: Stage) -> None:
    cache, path = SharedCache(stage), f"/users/alice/statuses/{the(stage, 'public').id}"
    first = await cache.get(path, accept=ACTIVITY)
    assert (await cache.get(path, accept=ACTIVITY)) is first
    assert cache.hits == 1


@pytest.mark.parametrize("pattern", ["/@alice/{}", "/users/alice/statuses/{}", "/@alice", "/users/alice"])
async def test_nobody_gets_another_form_than_asked_for(stage: Stage, pattern: str) -> None:
    cache, path = SharedCache(stage), pattern.format(the(stage, "public").id)
    forms = (PAGE, ACTIVITY, f"{ACTIVITY};q=0.1, text/html", f"text/html;q=0.2, {ACTIVITY}", "application/json", "*/*")
    for accept in (*forms, *reversed(forms)):
        through, direct = (
            await cache.get(path, accept=accept),
            await Client(stage.town.asgi).get(path, headers={"accept": accept}),
        )
        assert (through.status, through.header("content-type")) == (direct.status, direct.header("content-type"))


async def test_what_a_signature_opened_stays_closed_for_others(stage: Stage) -> None:
    post = the(stage, "private")
    for more in ("", "/activity", "/replies", "/replies?page=true", "/likes", "/shares", "/reactions"):
        cache, path = SharedCache(stage), f"/users/alice/statuses/{post.id}{more}"
        assert (await cache.get(path, signing(stage, "fan", path))).status == 200
        for headers in ({"accept": ACTIVITY}, signing(stage, "stranger", path), signing(stage, "foe", path)):
            answer = await cache.get(path, headers)
            assert answer.status == 404, path
            assert not wrong(stage, answer.body, [])


async def test_who_may_not_read_gets_nothing_out_of_a_cache_in_strict_mode(stage: Stage) -> None:
    configure(stage.app, "federation", authorized_fetch=True)
    try:
        path = f"/users/alice/statuses/{the(stage, 'public').id}"
        for mine in (path, "/users/alice", "/users/alice/outbox?page=true"):
            cache = SharedCache(stage)
            assert (await cache.get(mine, signing(stage, "stranger", mine))).status == 200
            assert (await cache.get(mine, accept=ACTIVITY)).status == 401
    finally:
        configure(stage.app, "federation", authorized_fetch=False)


async def test_what_a_token_sees_is_seen_by_nobody_else(stage: Stage) -> None:
    post = the(stage, "private")
    follower = stage.viewer("follower").client
    paths = (
        f"/api/v1/statuses/{post.id}",
        f"/api/v1/accounts/{stage.authors['alice']}/statuses",
        f"/api/v1/statuses/{stage.roots['alice']}/context",
        "/api/v1/accounts/verify_credentials",
        f"/users/alice/statuses/{post.id}",
    )
    for path in paths:
        cache, accept = SharedCache(stage), ACTIVITY if path.startswith("/users") else "application/json"
        assert (await cache.get(path, accept=accept, authorization=f"Bearer {follower.token}")).status == 200, path
        answer = await cache.get(path, accept=accept)
        assert not [one for one in wrong(stage, answer.body, []) if "private" in one], path
        other = await cache.get(path, accept=accept, authorization=f"Bearer {stage.viewer('other').client.token}")
        assert not [one for one in wrong(stage, other.body, []) if "private" in one], path


async def test_pages_for_somebody_signed_in_are_for_that_one(stage: Stage) -> None:
    post = the(stage, "public")
    paths = ["/home", "/auth/sign_out", "/auth/password", f"/authorize_interaction?uri={post.uri}", "/about", "/@alice"]
    for path in (*paths, f"/@alice/{post.id}", f"/@alice/{post.id}/translation?to=zh"):
        cache = SharedCache(stage)
        before = await cache.get(path, accept=PAGE, cookie=await cookie_of(stage, "follower"))
        assert before.status == 200, path
        after = await cache.get(path, accept=PAGE)
        assert b"@follower" not in after.body or b"@follower" not in before.body or path == f"/@alice/{post.id}", path
        assert not any(name == "set-cookie" for name, _ in after.headers if cache.hits)


@pytest.mark.parametrize(
    "suffix", ["/x.css", ".css", "/x.jpg", ";x.css", "%2fx.css", "/..;/x.css", "?x.css", "%0a.css"]
)
async def test_no_ending_makes_a_private_page_look_like_a_file(stage: Stage, suffix: str) -> None:
    """Some caches keep whatever ends like a picture or a style sheet, whatever its headers say."""
    own = await cookie_of(stage, "follower")
    token = stage.viewer("follower").client.token
    for path in ("/", "/auth/password", "/auth/sign_out"):
        answer = await Client(stage.town.asgi).get(path.rstrip("/") + suffix, headers={"cookie": own, "accept": PAGE})
        assert b"@follower" not in answer.body or answer.header("cache-control") == "private, no-store"
        assert b"@follower" not in answer.body or "?" in suffix, suffix
    for path in ("/api/v1/timelines/home", "/api/v1/accounts/verify_credentials"):
        answer = await Client(stage.town.asgi).get(path + suffix, headers={"authorization": f"Bearer {token}"})
        assert answer.status != 200 or answer.header("cache-control") == "private, no-store", suffix
        assert answer.status != 200 or "?" in suffix, suffix


async def test_headers_that_are_no_part_of_the_key_change_nothing(stage: Stage) -> None:
    path = f"/@alice/{the(stage, 'public').id}"
    plain = await Client(stage.town.asgi).get(path, headers={"accept": PAGE})
    strange = {
        "x-forwarded-host": "evil.example", "x-forwarded-scheme": "http", "x-forwarded-proto": "http",
        "x-original-url": "/about", "x-rewrite-url": "/about", "x-http-method-override": "POST",
        "forwarded": "host=evil.example", "x-host": "evil.example",
    }  # fmt: skip
    for name, value in strange.items():
        answer = await Client(stage.town.asgi).get(path, headers={"accept": PAGE, name: value})
        assert (answer.status, _without_times(answer.body)) == (200, _without_times(plain.body)), name
    for host in ("evil.example", "localhost:8000@evil.example", ""):
        answer = await Client(stage.town.asgi).get(path, headers={"accept": PAGE, "host": host})
        assert b"evil.example" not in answer.body + repr(answer.headers).encode()


def _without_times(body: bytes) -> bytes:
    return b"\n".join(line for line in body.splitlines() if b"form_token" not in line and b"<time" not in line)


async def test_what_was_not_there_is_there_once_it_was_made(stage: Stage) -> None:
    cache = SharedCache(stage)
    for accept in (PAGE, ACTIVITY):
        for path in ("/@newcomer", "/users/newcomer"):
            assert (await cache.get(path, accept=accept)).status in (302, 404)
    await stage.town.person("newcomer")
    cache.now += 1
    for path, accept in (("/@newcomer", PAGE), ("/users/newcomer", ACTIVITY), ("/@newcomer", ACTIVITY)):
        assert (await cache.get(path, accept=accept)).status == 200, (path, accept)


async def test_what_was_deleted_or_suspended_is_gone_after_three_minutes_everywhere(stage: Stage) -> None:
    person = await stage.town.person("fleeting")
    post = (await person.post("/api/v1/statuses", {"status": "zqfleeting words"})).json
    cache = SharedCache(stage)
    asked = [
        (f"/@fleeting/{post['id']}", PAGE), (f"/users/fleeting/statuses/{post['id']}", ACTIVITY),
        ("/@fleeting", PAGE), ("/users/fleeting/outbox?page=true", ACTIVITY), (f"/@fleeting/{post['id']}/embed", PAGE),
        (f"/api/v1/statuses/{post['id']}", "application/json"), ("/api/v1/timelines/public", "*/*"),
        ("/@fleeting.atom", PAGE), ("/@fleeting.json", PAGE),
    ]  # fmt: skip
    for path, accept in asked:
        answer = await cache.get(path, accept=accept)
        assert b"zqfleeting" in answer.body, path
    by = await moderator.acting(stage.app, _viewer(stage), Power.ACCOUNTS)
    await actions.suspend(stage.app, by, person.account_id)
    cache.now += 181
    for path, accept in asked:
        assert b"zqfleeting" not in (await cache.get(path, accept=accept)).body, path


def _viewer(stage: Stage) -> Viewer:
    warden = stage.people["warden"]
    return Viewer(warden.account_id, warden.user_id, "moderator", frozenset(), 0, 0)
