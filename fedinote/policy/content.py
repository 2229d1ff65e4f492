"""Rules about what a post says, from the section `moderation` of the settings.

Their cost grows with the length of the text and not faster.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from fedinote.infra.app import App
from fedinote.policy.base import ACCEPT, Stated, Subject, Verdict
from fedinote.text.html import to_text

MAX_TEXT = 100_000


class MentionPolicy:
    """Stops posts of other servers that shout at many people, by somebody whom nobody here follows.

    Large conversations among people who know each other pass: one local follower of the author is enough.
    """

    name = "mentions"

    async def stated(self, app: App) -> Sequence[Stated]:
        """Say how many mentions are too many, and what happens then."""
        settings = app.settings.moderation
        if settings.max_mentions <= 0:
            return ()
        then = "is refused" if settings.mention_flood == "reject" else "mentions nobody"
        does = (
            f"A post of another server that mentions more than {settings.max_mentions} people, by somebody whom nobody"
            f" here follows, {then}."
        )
        return (Stated(self.name, does, {"most": settings.max_mentions, "then": settings.mention_flood}),)

    async def judge(self, app: App, subject: Subject) -> Verdict:
        """Judge by the number of mentions; costs a query only when there are too many."""
        settings = app.settings.moderation
        most = settings.max_mentions
        if not subject.domain or most <= 0 or subject.mentions <= most:
            return ACCEPT
        if await _followed_here(app, subject.account_id):
            return ACCEPT
        reason = f"more than {most} mentions, by somebody whom nobody here follows"
        if settings.mention_flood == "reject":
            return Verdict("reject", reason, self.name)
        return Verdict("change", reason, self.name, {"mentions": ()})


async def _followed_here(app: App, account_id: int) -> bool:
    found = await app.db.row(
        "SELECT 1 AS value FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " WHERE f.target_id = ? AND f.accepted AND a.domain = '' LIMIT 1",
        account_id,
    )
    return found is not None


class PhrasePolicy:
    """Refuses posts with one of the phrases that the operator does not want here, whoever writes them."""

    name = "phrases"

    async def stated(self, app: App) -> Sequence[Stated]:
        """Say how many phrases are refused, and not which."""
        count = len(app.settings.moderation.refused_phrases)
        return (Stated(self.name, "Posts with certain phrases are refused.", {"phrases": count}),) if count else ()

    async def judge(self, app: App, subject: Subject) -> Verdict:
        """Judge by text and content warning. The reason names the phrase by its place in the settings."""
        phrases = app.settings.moderation.refused_phrases
        if not phrases or not (subject.text or subject.spoiler_text):
            return ACCEPT
        html = "\n".join([subject.text, *subject.versions.values()])[:MAX_TEXT]
        text = folded(f"{subject.spoiler_text[:MAX_TEXT]}\n{to_text(html)}")
        for number, phrase in enumerate(_prepared(tuple(phrases)), start=1):
            if phrase and phrase in text:
                return Verdict("reject", f"refused phrase number {number}", self.name)
        return ACCEPT


def folded(text: str) -> str:
    """Return a text as phrases are compared: compatibility forms and letter case folded, each gap one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=8)
def _prepared(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(folded(phrase) for phrase in phrases)
