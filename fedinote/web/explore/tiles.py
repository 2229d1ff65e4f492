"""The cards of Explore and of hashtags: a cover (a picture, or the words themselves), a title, who, and how many."""

from collections.abc import Sequence
from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.text import language
from fedinote.translation import preferences
from fedinote.translation import titles as translated
from fedinote.web import cards
from fedinote.web.attachments import File
from fedinote.web.cards import Card, Person
from fedinote.web.explore import titles
from fedinote.web.explore.titles import Words

WASHES = 6
_TALL, _WIDE = 0.7, 1.6
_MARKS = {"video": "film", "gifv": "film", "audio": "music", "image": "picture"}


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture for a card: a path of ours and its size in pixels (0 where nobody knows).

    `shape`: tall or wide where it is cut to what fits a column, else "".
    """

    source: str
    description: str
    width: int
    height: int
    shape: str


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom cards are made: their account (None: a visitor), the language they read, and those they understand."""

    account_id: int | None
    language: str
    understands: tuple[str, ...] = ()

    def reads(self, tag: str) -> bool:
        """Tell whether a text in this language needs no translation for them."""
        return not tag or language.reads((self.language, *self.understands), tag)


@dataclass(frozen=True, slots=True)
class Tile:
    """A post as a card. `link` is its page here, or (`away`) the one on its own server.

    `lang` and `text` are those of the words that are shown: the author's, or a translation that exists already
    (`original` is then the post's own language by its own name). `mark` is the icon of what is attached, `files` how
    many files there are, `sound` the first that is to be heard; `wash` the colour of a card without a picture.
    """

    id: int
    person: Person
    link: str
    away: bool
    cover: Cover | None
    text: Words
    lang: str
    language_name: str
    original: str
    bilingual: bool
    warning: str
    mark: str
    sound: File | None
    files: int
    wash: int
    likes: int
    replies: int
    boosts: int


async def reader(app: App, account_id: int | None, interface: str) -> Reader:
    """Return the reader behind a page whose interface is in this language."""
    own = await preferences.reader(app, account_id)
    return Reader(account_id, interface) if own is None else Reader(account_id, own.target, own.understood)


async def tiles(app: App, ids: Sequence[int], who: Reader) -> list[Tile]:
    """Return the cards of posts in the order of the ids, as far as the reader may see them.

    The number of queries is fixed.
    """
    found = await cards.cards(app, ids, who.account_id)
    if not found:
        return []
    foreign = [one.id for one in found if not who.reads(one.language)]
    read = await translated.ready(app, foreign, who.language)
    return [_tile(one, who, read.get(one.id)) for one in found]


def _tile(card: Card, who: Reader, made: str | None) -> Tile:
    hidden = bool(card.warning) or card.sensitive
    content, lang, original = _words(card, who, made)
    away = not card.local and who.account_id is None
    return Tile(
        id=card.id,
        person=card.person,
        link=_link(card, who),
        away=away,
        cover=None if hidden else _cover(card.media),
        text=Words(titles.cut(card.warning, titles.MAX_TITLE), "") if card.warning else titles.of(content),
        lang=card.language if card.warning else lang,
        language_name=card.language_name,
        original="" if card.warning else original,
        bilingual=any(not language.same(one.language, card.language or "und") for one in card.versions),
        warning=card.warning,
        mark=_MARKS.get(card.media[0].kind, "") if card.media else "",
        sound=None if hidden else next((one for one in card.media if one.kind == "audio"), None),
        files=len(card.media),
        wash=card.person.tint % WASHES,
        likes=card.favourites,
        replies=card.replies,
        boosts=card.boosts,
    )


def _words(card: Card, who: Reader, made: str | None) -> tuple[str, str, str]:
    """Return the words to show, their language, and the name of the post's own where that is another one."""
    if who.reads(card.language):
        return card.content, card.language, ""
    versions = {one.language: one.content for one in card.versions}
    own = language.match(who.language, tuple(versions)) if versions else None
    if own is not None:
        return versions[own], own, card.language_name
    return (card.content, card.language, "") if made is None else (made, who.language, card.language_name)


def _link(card: Card, who: Reader) -> str:
    if card.local or who.account_id is None:
        return card.link
    return f"/@{card.person.username}@{card.person.domain}/{card.id}"


def _cover(media: Sequence[File]) -> Cover | None:
    """Return the first picture that there is: of a film or a sound the one that stands for it."""
    one = next((one for one in media if one.preview), None)
    if one is None:
        return None
    return Cover(one.preview, one.description, one.width, one.height, _shape(one.ratio))


def _shape(ratio: float) -> str:
    if not ratio:
        return "unknown"
    return "tall" if ratio < _TALL else "wide" if ratio > _WIDE else ""
