"""Random histories of posts, wishes, readers and engines, with an account of its own of what may go where."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from fedinote.accounts import profiles
from fedinote.accounts.models import Account
from fedinote.accounts.profiles import Changes
from fedinote.auth.viewer import Viewer
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError
from fedinote.posts import publishing, revising, wishes
from fedinote.posts.drafts import Draft, NewPost, PollDraft, Rich
from fedinote.search import crossing
from fedinote.search.crossing import Asker
from fedinote.timelines.window import Window
from fedinote.translation import ahead, drafting, preferences, translations
from fedinote.translation import profiles as bios
from fedinote.translation.engine import Location, Translated
from fedinote.translation.engines.conversion import Conversion
from fedinote.translation.preferences import Mode, Preferences
from fedinote.translation.routing import Router
from fedinote.wiring import JOBS
from tests.support import accounts, people
from tests.translation.recorders import Recorder
from tests.translation.steps import TARGETS, Step

_LETTERS = "abcdefghijklmnop"
_SETUP = "histories"
_SENTENCES = {
    "en": "Good morning my friends, today we walk in the garden with",
    "es": "Buenos días amigos, hoy caminamos por el jardín con",
    "zh-Hans": "早上好朋友们，今天我们在这个花园里说",
    "zh-Hant": "早安朋友們，今天我們在這個花園裡說",
}


@dataclass
class Words:
    """A word that occurs once in the world. `where` are the places that may read it now; `was` all that ever might."""

    where: frozenset[Location] = frozenset()
    was: frozenset[Location] = frozenset()


@dataclass
class Told:
    """What the test itself knows of a post or a profile, without asking the code that it tests."""

    author: "Author"
    visibility: str
    wish: str = "any"
    words: list[tuple[str, bool]] = field(default_factory=list)
    closed: bool = False
    post_id: int = 0
    local: bool = True

    def where(self) -> frozenset[Location]:
        """The table of the documentation, once more."""
        said = {self.wish, self.author.wish}
        if "none" in said or self.closed:
            return frozenset()
        if self.visibility not in ("public", "unlisted"):
            return frozenset({Location.LOCAL})
        own = frozenset({Location.LOCAL, Location.NETWORK})
        return own if "no_third_party" in said else own | {Location.THIRD_PARTY}


@dataclass
class Author:
    """Somebody whose words are at stake."""

    account: Account
    wish: str = "any"
    bio: Told | None = None


class Watched(Recorder):
    """An engine that compares each text with what the world says at the moment at which it comes."""

    world: "World"

    async def translate(self, texts: Sequence[str], **asked: Any) -> Translated:
        """Note what must not have come here."""
        for text in texts:
            self.world.judge(self.location, text)
        return await super().translate(texts, **asked)

    def answer(self, text: str, target: str) -> str:
        """A sentence in the right language, with the words that stand for the original."""
        kept = " ".join(word for word in self.world.words if word in text.lower())
        return f"{_SENTENCES[target]} {kept}"


class World:
    """One history on an App that others were played on before."""

    numbers = count(1)

    def __init__(self, app: App, order: Sequence[Location]) -> None:
        self.app = app
        self.words: dict[str, Words] = {}
        self.posts: list[Told] = []
        self.wrong: list[str] = []
        self.judged = 0
        self.engines = {place: Watched(place) for place in order}
        for engine in self.engines.values():
            engine.world = self
        app.translator = Router((Conversion(), *self.engines.values()), now=lambda: 0.0)
        self.authors: list[Author] = []
        self.readers: list[Viewer] = []

    async def begin(self) -> None:
        """Make the people, once for an App; their wishes are as at the beginning again."""
        app = self.app
        if _SETUP not in app.caches:
            app.caches[_SETUP] = await _people(app)
        authors, self.readers = app.caches[_SETUP]
        await app.db.execute("UPDATE accounts SET machine_translation = 'any', locked = FALSE, note = ''")
        await app.db.execute("DELETE FROM jobs")
        await app.db.execute("DELETE FROM translation_preferences")
        preferences.forget(app)
        await app.db.execute("DELETE FROM account_translations")
        for one in authors:
            one.locked = False
        self.authors = [Author(one) for one in authors]

    def judge(self, place: Location, text: str) -> None:
        """Compare a text that came to an engine with what may come there."""
        for word, known in self.words.items():
            if word in text.lower():
                self.judged += 1
                if place not in known.where:
                    self.wrong.append(f"{place} got {text!r}")

    def word(self) -> str:
        """A new word: letters only, so that nothing masks it."""
        digits = f"{next(self.numbers):x}".translate(str.maketrans("0123456789abcdef", _LETTERS))
        return f"quux{digits}x"

    def settle(self) -> None:
        """Say of each word where it may go now."""
        for told in (*self.posts, *(one.bio for one in self.authors if one.bio)):
            for word, closed in told.words:
                known = self.words.setdefault(word, Words())
                known.where = frozenset() if closed else told.where()
                known.was |= known.where

    def retire(self, told: Told) -> None:
        """Say of the words of a former version that they go nowhere any more."""
        for word, _ in told.words:
            self.words[word].where = frozenset()
        told.words = []

    async def take(self, step: Step) -> None:
        """Do one step; what it may answer, it may."""
        kind, which, who, value = step
        with contextlib.suppress(FediNoteError):
            await getattr(self, f"_{kind.replace(' ', '_')}")(which, who, value)

    def _post(self, which: int) -> Told | None:
        return self.posts[-1 - which % len(self.posts)] if self.posts else None

    def _author(self, which: int) -> Author:
        return self.authors[which % len(self.authors)]

    def _reader(self, who: int) -> Viewer:
        return self.readers[who % len(self.readers)]

    def _written(self, told: Told, shape: str, who: int) -> Draft:
        """Words of a shape, with a mention of a reader in what is for single people."""
        word, other = self.word(), self.word()
        told.words, told.closed = [(word, False)], False
        text = f"Good morning my friends, the garden is {word} today"
        more: dict[str, object] = {}
        match shape:
            case "warning":
                more = {"spoiler_text": f"About the {other} of food"}
                told.words.append((other, False))
            case "poll":
                more = {"poll": PollDraft((f"a cup of {other}", "a glass of milk"), 600)}
                told.words.append((other, False))
            case "closed":
                more = {"rich": Rich(f'<div translate="no"><p>{text}</p></div>')}
                told.closed = True
            case "partly closed":
                html = f'<p>{text}</p><p translate="no">Our motto stays {other} for ever</p>'
                text += f" Our motto stays {other} for ever"
                more = {"rich": Rich(html)}
                told.words.append((other, True))
            case "chinese":
                text = f"我喜欢这个花园和早上的咖啡 {word} 今天我们去买东西"
        if told.visibility == "direct" and "rich" not in more:
            text += f" @{self.app.caches['reader names'][who % 3]}"
        language = "zh-Hans" if shape == "chinese" else "en"
        return Draft(text, visibility=told.visibility, language=language, machine_translation=told.wish, **more)  # type: ignore[arg-type]

    async def _publish(self, which: int, who: int, value: str) -> None:
        visibility, wish, shape = value.split("/")
        author = self._author(which)
        told = Told(author, visibility, wish)
        told.local = author.account.domain == ""
        draft = self._written(told, shape, who)
        self.posts.append(told)
        self.settle()
        if told.local:
            told.post_id = await publishing.publish(self.app, author.account.id, draft)
        else:
            told.post_id = await self._arrive(author.account, draft) or 0

    async def _arrive(self, author: Account, draft: Draft) -> int | None:
        return await publishing.store(
            self.app,
            NewPost(
                author_id=author.id,
                visibility=draft.visibility,
                content=draft.rich.html if draft.rich else f"<p>{draft.text}</p>",
                spoiler_text=draft.spoiler_text,
                created_at=self.app.now(),
                uri=f"{author.uri}/{self.word()}",
                language=draft.language,
                machine_translation=draft.machine_translation,
            ),
        )

    async def _edit(self, which: int, who: int, value: str) -> None:
        told = self._post(which)
        if told is None or not told.local or not told.post_id:
            return
        self.retire(told)
        draft = self._written(told, value, who)
        self.settle()
        await revising.edit(self.app, told.author.account.id, told.post_id, draft)

    async def _see(self, which: int, _who: int, value: str) -> None:
        if (told := self._post(which)) is not None:
            told.visibility = value
            self.settle()
            await self.app.db.execute("UPDATE posts SET visibility = ? WHERE id = ?", value, told.post_id)

    async def _wish(self, which: int, _who: int, value: str) -> None:
        told = self._post(which)
        if told is None or not told.post_id:
            return
        told.wish = value
        self.settle()
        if told.local:
            await wishes.change(self.app, told.author.account.id, told.post_id, value)
        else:
            await wishes.renew(self.app, told.post_id, value)

    async def _wish_of_author(self, which: int, _who: int, value: str) -> None:
        author = self._author(which)
        if author.account.domain == "":
            author.wish = value
            self.settle()
            await profiles.update(self.app, author.account.id, Changes(machine_translation=value))

    async def _lock(self, which: int, _who: int, value: str) -> None:
        author = self._author(which)
        if author.account.domain == "":
            author.account.locked = value == "locked"
            if author.bio:
                author.bio.visibility = "private" if author.account.locked else "public"
            self.settle()
            await profiles.update(self.app, author.account.id, Changes(locked=author.account.locked))

    async def _bio(self, which: int, _who: int, _value: str) -> None:
        author = self._author(which)
        if author.account.domain == "":
            if author.bio:
                self.retire(author.bio)
            word = self.word()
            author.bio = Told(author, "private" if author.account.locked else "public", words=[(word, False)])
            self.settle()
            note = f"I cook and I write about the {word} of the sea"
            await profiles.update(self.app, author.account.id, Changes(note=note))

    async def _prefer(self, which: int, who: int, value: str) -> None:
        own = Preferences(Mode(value), TARGETS[which % 3])
        await preferences.store(self.app, self._reader(who).account_id, own)

    async def _translate(self, which: int, who: int, value: str) -> None:
        if (told := self._post(which)) is not None:
            await translations.of_post(self.app, told.post_id, value, self._reader(who))

    async def _attach(self, which: int, _who: int, value: str) -> None:
        if (told := self._post(which)) is not None:
            await drafting.draft(self.app, told.author.account.id, told.post_id, value)

    async def _look(self, _which: int, who: int, _value: str) -> None:
        from fedinote.api.entities import statuses

        ids = [told.post_id for told in self.posts]
        await statuses.statuses(self.app, ids, self._reader(who), context="home")

    async def _search(self, _which: int, who: int, _value: str) -> None:
        """What people look for is theirs: it is given to engines on the machine only, and nowhere kept."""
        word = self.word()
        self.words[word] = Words(where=frozenset({Location.LOCAL}))
        asker = Asker(self._reader(who).account_id)
        self.app.caches.pop("search.languages", None)  # which languages are written here has just changed
        await crossing.find(self.app, asker, f"what is good against {word} in the garden", Window(limit=5))
        self.words[word].where = frozenset()

    async def _profile(self, which: int, who: int, value: str) -> None:
        await bios.finish(self.app, self._author(which).account.id, value, payer=self._reader(who).account_id)

    async def _work(self, _which: int, _who: int, _value: str) -> None:
        for _ in range(4):
            if not await jobs.run_batch(self.app, {kind: JOBS[kind] for kind in (ahead.JOB, ahead.PROFILE_JOB)}):
                break

    async def _fail(self, _which: int, _who: int, value: str) -> None:
        engine = self.engines.get(Location(value))
        if engine is not None:
            engine.down = not engine.down


async def _people(app: App) -> tuple[list[Account], list[Viewer]]:
    """Two authors here, one elsewhere, and three readers who follow all of them."""
    authors = [await accounts.local(app, "ana"), await accounts.local(app, "bao"), await accounts.remote(app, "chen")]
    readers = []
    app.caches["reader names"] = names = ("rita", "sam", "tove")
    for name in names:
        user = await people.person(app, name)
        readers.append(Viewer(user.account_id, user.id, "member", frozenset({"read"}), 1, 1, "es"))
        for author in authors:
            await app.db.execute(
                "INSERT INTO follows (id, follower_id, target_id, accepted, uri, reblogs, notify, created_at)"
                " VALUES (?, ?, ?, TRUE, ?, TRUE, FALSE, ?)",
                app.ids.next(), user.account_id, author.id, f"{author.uri}/{name}", app.now(),
            )  # fmt: skip
    return authors, readers
