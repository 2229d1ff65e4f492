"""What a translation engine is, whichever program or company stands behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Location(StrEnum):
    """Where the text goes when an engine is asked: the privacy rules decide by this, never by the engine's name."""

    LOCAL = "local"
    """Stays on the machine that runs FediNote."""
    NETWORK = "network"
    """Goes to a machine that the same people run."""
    THIRD_PARTY = "third-party"
    """Goes to somebody else: public posts only."""


class Kind(StrEnum):
    """What an engine does to the words; readers are told."""

    MACHINE = "machine"
    """It puts them into another language."""
    CONVERSION = "conversion"
    """It writes the same words in the other Chinese script, character by character."""


@dataclass(frozen=True, slots=True)
class Translated:
    """What came back for one call: as many texts as were sent, in the same order.

    `detected` is the canonical tag of the language that the engine recognised; None when the source was given
    or the engine was not sure.
    """

    texts: tuple[str, ...]
    detected: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of the glossary that occurs in the texts: `translation` is how it is to be put in the target language.

    With `keep` it is to stay as it is, and `translation` says nothing.
    """

    term: str
    translation: str
    keep: bool = False


class Engine(Protocol):
    """Something that translates plain text. Languages are canonical BCP 47 tags ("zh-Hant", "en").

    Every method raises `Unavailable` when the engine does not answer or answers nonsense, `Resting` when it asks to be
    left alone for a time, and `Invalid` when it cannot translate between the two languages. Batches, time limits,
    turns and rests are the business of `lanes.Lane`: an engine is asked through that only.
    """

    @property
    def name(self) -> str:
        """The name that readers see below a translation, such as "LibreTranslate"; no two engines share one."""

    @property
    def location(self) -> Location:
        """Where the text goes."""

    @property
    def kind(self) -> Kind:
        """What it does."""

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        """Translate plain texts, none of them blank, in one request.

        `source` None lets the engine recognise the language (one for all texts). `terms` are followed by engines that
        can, and ignored by others.
        """

    async def languages(self) -> Mapping[str, frozenset[str]]:
        """Tell what can be translated: source tag to target tags. Cached for minutes, so cheap to ask."""


class Reply(Protocol):
    """The part of an HTTP answer that engines read."""

    @property
    def status(self) -> int:
        """The HTTP status code."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; names in any letter case."""

    @property
    def body(self) -> bytes:
        """The body, already inflated and no longer than the limit that was given."""


class ServiceCaller(Protocol):
    """How an engine reaches its service: `infra.outbound.call_service`, or a fake in tests.

    Raises `Unreachable` or `Refused`; `limit` is in bytes of the answer, `timeout` in seconds for everything.
    """

    async def __call__(
        self,
        method: str,
        url: str,
        *,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        limit: int,
        timeout: float,  # noqa: ASYNC109 (of the whole exchange, kept by the HTTP client)
    ) -> Reply:
        """Send one request and give back the whole answer."""
