"""That nothing public leads to a person: random histories of moderation, with secrets in every text that is written.

What is meant for everybody (titles and reasons of rules, comments on servers, titles of lists) carries handles, e-mail
addresses, numbers and network addresses of people, which must be cut out of it; all other texts carry words that
nobody may ever read. Then everything that a visitor can ask of is looked through, in every language of the pages.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError
from fedinote.moderation import actions, publicity
from fedinote.moderation.automatic import held, rules, undoing
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.cases import appeals, casework, remarks, report_batches, reports, statements
from fedinote.moderation.cases.statements import Basis
from fedinote.moderation.lists import advice, entries, sources
from fedinote.moderation.moderator import Moderator
from fedinote.moderation.pictures import entries as pictures
from fedinote.moderation.pictures import library
from fedinote.moderation.servers import acquaintances, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.posts import publishing
from fedinote.posts.drafts import NewPost
from fedinote.web.words import OFFERED
from tests.moderation.staff import staff, user
from tests.relations.people import person, post
from tests.support.people import client, configure

KINDS = [actions.silence, actions.suspend, actions.sensitize, actions.disable]
UNDOING = [actions.unsilence, actions.unsuspend, actions.unsensitize]
HISTORIES = 12
STEPS = 30
PAGES = (
    "/api/fedinote/v1/accountability",
    "/nodeinfo/2.0",
    "/nodeinfo/2.1",
    "/api/v1/instance",
    "/api/v2/instance",
    "/api/v1/instance/rules",
    "/api/v1/instance/domain_blocks",
    "/about",
)


@dataclass(slots=True, repr=False)
class History:
    """Who is there, and what nobody may learn: every secret contains `secret` or is a number of somebody's."""

    app: App
    chance: random.Random
    by: Moderator
    other: Moderator
    people: list[int]
    far: list[int]
    step: int = 0
    numbers: set[str] = field(default_factory=set)
    made: dict[str, int] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What a person or moderator writes to few."""
        return f"facts-{self.step}-secret about them"

    @property
    def public_words(self) -> str:
        """What a moderator writes for everybody, carelessly."""
        named = self.chance.choice([*self.people, *self.far])
        return (
            f"Ask @modsecreta or @far0secret@home0.secret.example or one@secret.mail.example, number {named},"
            f" https://secret.example/@one/{named}, from 198.51.100.77 and 2001:db8:5ec::7, +49 170 1234567"
        )

    def anybody(self) -> int:
        return self.chance.choice([*self.people, *self.far])

    def somebody_here(self) -> int:
        return self.chance.choice(self.people)

    def keep(self, *numbers: int) -> None:
        self.numbers |= {str(one) for one in numbers}


async def _report(one: History) -> None:
    reader, target = one.somebody_here(), one.anybody()
    if reader == target:
        return
    report = await reports.file(one.app, reader, target, comment=one.words)
    one.keep(report.id)
    await casework.note(one.app, one.by, report.id, one.words)
    await casework.note(one.app, one.other, report.id, one.words, to_reporter=True)


async def _decide(one: History) -> None:
    target = one.anybody()
    verb = one.chance.choice(KINDS if target in one.people else KINDS[:3])
    basis = Basis(rules=(1,), language="en", category=one.chance.choice(["", "spam", "legal"]))
    await verb(one.app, one.by, target, reason=one.words, basis=basis)


async def _undo(one: History) -> None:
    await one.chance.choice(UNDOING)(one.app, one.by, one.anybody())


async def _delete(one: History) -> None:
    post_id = await post(one.app, one.somebody_here(), f"post-{one.step}-secret")
    one.keep(post_id)
    await actions.delete_post(one.app, one.by, post_id, reason=one.words)


async def _appeal(one: History) -> None:
    """Those who cannot sign in any more appeal likewise: it is the same thread."""
    for target in one.people:
        for made in await statements.about(one.app, target):
            one.keep(made.id)
            if made.appeal is None and made.lifted_at is None:
                appeal = await appeals.make(one.app, target, made.id, one.words)
                one.keep(appeal.id)
                await appeals.answer(one.app, one.other, appeal.id, one.words)
                lift = one.chance.random() < 0.5
                await appeals.decide(one.app, one.other, appeal.id, lift=lift, text=one.words)
                return


async def _rule(one: History) -> None:
    """A rule of words that nobody may know catches somebody, and is sometimes taken back."""
    kind = one.chance.choice(["hold", "suspend", "note", "limit"])
    terms = {"words": [f"caught{one.step}secret"]}
    row = await rules.create(one.app, Wanted("words", terms, kind, one.public_words, one.public_words), by=one.other)
    one.keep(row["id"])
    await rules.switch(one.app, row["id"], "on", by=one.other)
    new = NewPost(
        author_id=one.anybody(), visibility="public", content=f"<p>caught{one.step}secret</p>",
        created_at=one.app.now(), uri=f"https://home0.secret.example/{one.step}",
    )  # fmt: skip
    await publishing.store(one.app, new)
    if one.chance.random() < 0.3:
        await undoing.undo(one.app, row["id"], by=one.other)


async def _release(one: History) -> None:
    for row in await one.app.db.rows("SELECT id FROM held_posts LIMIT 1"):
        await one.chance.choice([held.release, held.drop])(one.app, row["id"], by=one.by)


async def _pictures(one: History) -> None:
    wanted = library.Wanted(f"set {one.step} secret", "https://secret.example/set", one.words)
    row = await library.create(one.app, wanted, by=one.other)
    entry = pictures.Entry("sha256", f"{one.step:064x}", one.words, "secret", one.words)
    await pictures.add(one.app, row["id"], [entry], by=one.other)
    one.keep(row["id"])
    rule = Wanted("pictures", {"sets": [row["name"]]}, "hold", one.public_words)
    made = await rules.create(one.app, rule, by=one.other)
    await rules.switch(one.app, made["id"], "on", by=one.other)


async def _batch(one: History) -> None:
    filed = []
    for target in one.chance.sample(one.people, 2):
        reader = one.chance.choice([member for member in one.people if member != target])
        filed.append((await reports.file(one.app, reader, target, comment=one.words)).id)
    one.keep(*filed)
    deed = one.chance.choice(["resolve", "silence", "suspend"])
    done = await report_batches.carry_out(
        one.app, one.by, filed, report_batches.Wanted(deed=deed, reason=one.words, basis=Basis(language="en"))
    )
    one.keep(done.id)
    if one.chance.random() < 0.5:
        await report_batches.undo(one.app, one.by, done.id)


async def _list(one: History) -> None:
    url = f"https://lists.example/secret-{one.step}/list.csv?key=secret"
    source_id = await sources.add(one.app, sources.Wanted("csv", url, one.public_words), by=one.other)
    one.keep(source_id)
    said = advice.Advice(f"bad{one.step}.example", "silence", reason=one.public_words)
    await entries.take(one.app, await sources.get(one.app, source_id), [said])
    for row in await one.app.db.rows("SELECT id FROM list_entries WHERE source_id = ?", source_id):
        one.keep(row["id"])
        await one.chance.choice([entries.apply, entries.refuse])(one.app, row["id"], by=one.other)


async def _server(one: History) -> None:
    terms = Terms(
        severity=one.chance.choice(["silence", "noop"]),
        public_comment=one.public_words,
        private_comment=one.words,
        obfuscate=one.chance.random() < 0.5,
    )
    domain = f"hidden{one.step}-secret.example" if terms.obfuscate else f"open{one.step}.example"
    await domains.block(one.app, domain, terms, by=one.other)


async def _contact(one: History) -> None:
    await one.chance.choice([acquaintances.approve, acquaintances.keep_apart])(
        one.app, f"home{one.chance.randrange(2)}.secret.example", by=one.other, why=one.words
    )


async def _remark(one: History) -> None:
    await remarks.write(one.app, one.by, one.anybody(), one.words)


DEEDS: list[Callable[[History], Awaitable[None]]] = [
    _report, _decide, _decide, _undo, _delete, _appeal, _rule, _release, _pictures, _batch, _list, _server, _contact,
    _remark,
]  # fmt: skip


async def _begin(app: App, seed: int) -> History:
    by, other = await staff(app, "moderator", "modsecreta"), await staff(app, "admin", "modsecretb")
    people = [(await user(app, f"member{seed}x{number}secret")).account_id for number in range(4)]
    far = [await person(app, f"far{number}secret", f"home{number}.secret.example") for number in range(2)]
    await app.db.execute("UPDATE accounts SET display_name = 'Name secret', note = '<p>bio secret</p>'")
    configure(app, "federation", first_contact="careful")
    one = History(app, random.Random(seed), by, other, people, far)
    one.keep(by.account_id, other.account_id, *people, *far)
    return one


@pytest.mark.parametrize("seed", range(HISTORIES))
async def test_no_history_leaks_who_or_what_it_was_about(app: App, seed: int) -> None:
    one, done = await _begin(app, seed), set()
    for one.step in range(STEPS):
        deed = one.chance.choice(DEEDS)
        try:
            await deed(one)
            done.add(deed)
        except FediNoteError:
            continue  # what cannot be done now: it is the same for those who look
        finally:
            app.clock.shift(one.chance.uniform(0, timedelta(days=9).total_seconds()))
    assert len(done) > len(DEEDS) // 3
    assert (await publicity.account(app)).decisions
    assert await _leaks(one) == []


async def _leaks(one: History) -> list[str]:
    """Look through all that is public, and return what is there of the secrets."""
    found, visitor = [], client(one.app)
    asked: list[tuple[str, dict[str, str]]] = [(path, {}) for path in PAGES]
    asked += [("/about/moderation", {"accept_language": tag}) for tag in OFFERED]
    secrets = {"secret", "198.51.100.77", "5ec::7", "1234567", *one.numbers}
    for path, headers in asked:
        answer: Any = await visitor.get(path, **headers)
        assert answer.status == 200, path
        found += [f"{path}: {word}" for word in secrets if word in answer.text]
    return found


async def test_the_fuzz_finds_a_leak_where_there_is_one(app: App) -> None:
    one = await _begin(app, 99)
    configure(app, "instance", hosting="In the cellar of modsecreta")
    found = await _leaks(one)
    assert "/about/moderation: secret" in found
    assert "/api/fedinote/v1/accountability: secret" in found
