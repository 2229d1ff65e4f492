"""What strangers and members write stays words on the pages of the staff and of members: read by an HTML5 parser (D01).

The corpus goes into every text that a moderator comes to see: of remote accounts as their server would have sent them
(HTML through the sanitiser, all else as it is), of members, and of lists and servers elsewhere.
"""

import json
import re
from collections.abc import Iterator
from itertools import count

import pytest
from bs4 import BeautifulSoup, Tag

from fedinote.auth import sessions
from fedinote.infra.app import App
from fedinote.moderation import actions
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.cases import appeals, casework, remarks, reports, statements
from fedinote.moderation.cases.statements import Basis
from fedinote.moderation.lists import advice, entries, sources
from fedinote.moderation.pictures import entries as pictures
from fedinote.moderation.pictures import library
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.posts import publishing
from fedinote.posts.drafts import NewMedia, NewPoll, NewPost
from fedinote.text import html
from fedinote.web import browser
from tests.moderation.staff import staff, user
from tests.relations.people import person
from tests.support.browser import Browser
from tests.support.people import client, configure
from tests.text.xss_corpus import BAD_TARGETS, CORPUS

ROUNDS = 2
STRINGS = [*CORPUS, *BAD_TARGETS]
PAGES = (
    "/admin", "/admin/reports", "/admin/accounts", "/admin/appeals", "/admin/audit", "/admin/held", "/admin/policies",
    "/admin/policies/rules", "/admin/strangers", "/admin/lists", "/admin/lists/drafts", "/admin/domains",
    "/admin/pictures", "/about", "/about/moderation",
)  # fmt: skip
NEVER = {"iframe", "object", "embed", "base", "math", "applet", "frame", "frameset", "style", "marquee", "plaintext"}
_GOOD = re.compile(r"(?:https?://[^/\s]|/(?!/)|#|\?|mailto:|$)")
_INSIDE = re.compile(r"data:image/(?:png|webp|gif);base64,|blob:(?!.)")


class Corpus:
    """Gives out the strings one after the other, as many as fit."""

    def __init__(self) -> None:
        self.at = count()

    def text(self, most: int) -> str:
        found = ""
        for number in self.at:
            one = STRINGS[number % len(STRINGS)].replace("\x00", "")
            if len(found) + len(one) >= most:
                return found or one[:most]
            found += f"{one} "
        raise AssertionError


async def _elsewhere(app: App, nasty: Corpus, number: int) -> tuple[int, int]:
    """A remote account with its texts, and a post with a file and a poll."""
    far = await person(app, f"far{number}", "far.example")
    fields = [{"name": nasty.text(200), "value": html.sanitise(nasty.text(500))}]
    await app.db.execute(
        "UPDATE accounts SET display_name = ?, note = ?, fields = ?, url = ? WHERE id = ?",
        nasty.text(500), html.sanitise(nasty.text(3000)), json.dumps(fields), BAD_TARGETS[number], far,
    )  # fmt: skip
    picture = NewMedia("image", "https://far.example/p.png", "image/png", description=nasty.text(1000))
    new = NewPost(
        author_id=far, visibility="public", content=html.sanitise(nasty.text(4000)), created_at=app.now(),
        uri=f"https://far.example/notes/{number}", spoiler_text=nasty.text(400), language="en", media=(picture,),
        poll=NewPoll((nasty.text(50), nasty.text(50)), (0, 0), multiple=False, hide_totals=False, expires_at=None),
    )  # fmt: skip
    post_id = await publishing.store(app, new)
    assert post_id is not None
    return far, post_id


async def _written(app: App, nasty: Corpus, number: int) -> Iterator[str]:
    """Let everybody write; return the pages where it is read."""
    by, admin = await staff(app, "moderator", f"mod{number}"), await staff(app, "admin", f"adm{number}")
    member, target = await user(app, f"member{number}"), await user(app, f"target{number}")
    await app.db.execute("UPDATE users SET reason = ? WHERE id = ?", nasty.text(300), target.id)
    far, post_id = await _elsewhere(app, nasty, number)
    report = await reports.file(app, member.account_id, far, post_ids=[post_id], comment=nasty.text(900))
    foreign = await reports.file(app, far, target.account_id, comment=nasty.text(900))
    for to_reporter in (False, True):
        await casework.note(app, by, report.id, nasty.text(900), to_reporter=to_reporter)
    await remarks.write(app, by, far, nasty.text(900))
    await actions.silence(app, by, target.account_id, reason=nasty.text(3000), basis=Basis(report_id=foreign.id))
    (made,) = await statements.about(app, target.account_id)
    appeal = await appeals.make(app, target.account_id, made.id, nasty.text(900))
    await appeals.answer(app, admin, appeal.id, nasty.text(900))
    wanted = Wanted("words", {"words": [f"casino{number}"]}, "hold", nasty.text(150), nasty.text(900))
    rule = await rules.create(app, wanted, by=admin)
    await rules.switch(app, rule["id"], "on", by=admin)
    held = NewPost(
        author_id=far, visibility="public", content=html.sanitise(f"casino{number} {nasty.text(900)}"),
        created_at=app.now(), uri=f"https://far.example/held/{number}", spoiler_text=nasty.text(200),
    )  # fmt: skip
    assert await publishing.store(app, held) is None
    source = await sources.add(
        app, sources.Wanted("csv", f"https://lists.example/{number}.csv", nasty.text(150)), by=admin
    )
    labels = (nasty.text(60), nasty.text(60))
    said = advice.Advice(f"bad{number}.example", "silence", reason=nasty.text(900), labels=labels)
    await entries.take(app, await sources.get(app, source), [said])
    terms = Terms(severity="silence", public_comment=nasty.text(300), private_comment=nasty.text(300))
    block = (await domains.block(app, f"blocked{number}.example", terms, by=admin)).block
    assert block is not None
    known = await library.create(app, library.Wanted(nasty.text(60), "", nasty.text(300)), by=admin)
    entry = pictures.Entry("sha256", f"{number:064x}", nasty.text(60), nasty.text(60), nasty.text(300))
    await pictures.add(app, known["id"], [entry], by=admin)
    return iter(
        [
            f"/admin/reports/{report.id}", f"/admin/reports/{foreign.id}", f"/admin/accounts/{far}",
            f"/admin/accounts/{target.account_id}", f"/admin/appeals/{appeal.id}",
            f"/admin/policies/rules/{rule['id']}", f"/admin/policies/rules/{rule['id']}/hits",
            f"/admin/lists/{source}", f"/admin/domains/{block.id}", f"/admin/pictures/{known['id']}",
            f"target{number}:/settings/decisions", f"target{number}:/settings/decisions/{made.id}",
            f"member{number}:/settings/reports",
        ]
    )  # fmt: skip


def problems(page: str) -> list[str]:
    """Everything in a page that runs, moves or forges something. Our own scripts are files of ours."""
    found = []
    for one in BeautifulSoup(page, "html5lib").find_all(True):
        assert isinstance(one, Tag)
        if one.name in NEVER or (one.name == "script" and not str(one.get("src", "")).startswith("/static/")):
            found.append(str(one)[:120])
        if one.name == "meta" and one.get("http-equiv"):
            found.append(str(one)[:120])
        for name, value in one.attrs.items():
            text = " ".join(value) if isinstance(value, list) else str(value)
            if name.lower().startswith("on") or name == "style" or name == "srcdoc":
                found.append(f"{one.name} {name}={text[:80]}")
            if name in ("href", "src", "action", "formaction", "poster", "xlink:href", "data") and not _fine(text):
                found.append(f"{one.name} {name}={text[:80]}")
    return found


def _fine(target: str) -> bool:
    return bool(_GOOD.match(target) or _INSIDE.match(target))


async def _browser(app: App, name: str) -> Browser:
    found = client(app)
    sql = "SELECT u.id AS value FROM users u JOIN accounts a ON a.id = u.account_id WHERE a.username = ?"
    user_id = await app.db.value(sql, name)
    found.cookies[browser.cookie_name(app, browser.SESSION)] = await sessions.start(app, user_id)
    return found


async def test_what_is_written_stays_words_on_every_page_where_it_is_read(app: App) -> None:
    configure(app, "federation", first_contact="careful")
    nasty, wrong, looked = Corpus(), [], 0
    for number in range(ROUNDS):
        for place in (*await _written(app, nasty, number), *PAGES):
            name, _, path = place.rpartition(":")
            answer = await (await _browser(app, name or f"adm{number}")).get(path)
            assert answer.status == 200, path
            assert "script-src 'self'" in answer.header("content-security-policy"), path
            wrong += [f"{path}: {one}" for one in problems(answer.text)]
            looked += 1
    assert wrong == []
    assert looked == ROUNDS * (13 + len(PAGES))


@pytest.mark.parametrize("text", CORPUS[:3])
async def test_the_parser_finds_what_gets_through(text: str) -> None:
    assert problems(f"<!doctype html><main>{text}</main>")
    assert len(problems('<a href="//evil.example">x</a><p onclick="a()">')) == 2
    assert problems('<a href="/here">x</a>') == []
