"""A post in the languages in which somebody can read it, as plain values for templates. `translated` finds them."""

import re
from dataclasses import dataclass

from fedinote.text.language_names import own_name

# A post that begins with a @mention has a Latin letter first, which is what browsers go by when they may choose.
_RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"])
_RTL_LETTER = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
AUTHOR, PERSON, MACHINE, CONVERSION = "author", "person", "machine", "conversion"


def direction(language: str, text: str) -> str:
    """Return how a text runs, as HTML's `dir` has it."""
    known = language.partition("-")[0] in _RIGHT_TO_LEFT and _RTL_LETTER.search(text)
    return "rtl" if known else "auto"


@dataclass(frozen=True, slots=True)
class Text:
    """A post in another language than its own. `content` is safe HTML, `language` a BCP 47 tag.

    `kind` is author, person (who helped the author), machine or conversion (of characters); `by` names whoever it is,
    "" for the author. `outdated`: the post was changed since. `options` are those of its poll, `descriptions` those of
    its files, in their order.
    """

    language: str
    content: str
    kind: str
    by: str = ""
    warning: str = ""
    options: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    outdated: bool = False

    @property
    def name(self) -> str:
        """The name of the language in itself."""
        return own_name(self.language)

    @property
    def direction(self) -> str:
        """How the text runs, as HTML's `dir` has it."""
        return direction(self.language, self.content)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one reader gets a post: its own words and `others`; places count from 1 among these, 0 is the author's words.

    `best` is the place of the text in the reader's language, 0 where there is none; `shown` that of what is seen first;
    `beside`: both at once. `offer` is the language into which a button asks for a translation, "" for no button; `ask`
    is where.
    """

    others: tuple[Text, ...] = ()
    best: int = 0
    shown: int = 0
    beside: bool = False
    offer: str = ""
    ask: str = ""

    @property
    def offer_name(self) -> str:
        """The name of the offered language in itself."""
        return own_name(self.offer)
