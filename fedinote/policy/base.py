"""The interface of all policies: a Subject goes in, a Verdict comes out. Local and remote pass the same rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args

from fedinote.infra.app import App

Outcome = Literal["accept", "note", "change", "hold", "reject"]
"""From nothing to everything: of several policies the strongest outcome counts."""
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged. `domain` is "" for our own people; `uri` is "" for what was not published yet.

    `kind`: post or report. `mentions` counts the accounts it is addressed to; `answers`: it replies to something here.
    `addressed`: whom it mentions and whose post it answers, by id, as far as they are known here.
    `uploads` are files of our people that are to be attached, by the ids of their media.
    `versions` {language: HTML} are those in other languages that came with it, `text` is in the author's own.
    """

    kind: str
    account_id: int
    domain: str
    text: str = ""
    spoiler_text: str = ""
    visibility: str = "public"
    mentions: int = 0
    has_media: bool = False
    uri: str = ""
    language: str | None = None
    answers: bool = False
    addressed: tuple[int, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    uploads: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Catch:
    """A moderators' rule caught something: which, what it does with it, and why, for moderators to read."""

    rule_id: int
    action: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says, with its reason. `changes` are fields of the new post to replace.

    `catches` are those of moderators' rules, of which there is a row each; `by_rules` the names of the fields that
    they replace, and nothing else does.
    """

    outcome: Outcome = "accept"
    reason: str = ""
    policy: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    catches: tuple[Catch, ...] = ()
    by_rules: frozenset[str] = frozenset()

    @property
    def rejected(self) -> bool:
        """Whether the subject must have no effect at all."""
        return self.outcome == "reject"


ACCEPT = Verdict()


@dataclass(frozen=True, slots=True)
class Stated:
    """What a policy does here now, for everybody to know: an English sentence, and the numbers and choices behind it.

    Nothing in it helps somebody to get around it: no words, no hosts, no names. `facts` are public.
    """

    name: str
    does: str
    facts: Mapping[str, int | str] = field(default_factory=dict)


class Policy(Protocol):
    """One rule."""

    name: str

    async def stated(self, app: App) -> Sequence[Stated]:
        """Say what it does as this server is set now; nothing where it does nothing."""

    async def judge(self, app: App, subject: Subject) -> Verdict:
        """Judge the subject. Reads only; the pipeline tells what was decided."""
