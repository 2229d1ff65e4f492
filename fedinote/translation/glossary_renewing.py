"""When the glossary changes: finished translations of posts with the word go, and are made anew when one is wanted."""

from collections.abc import Sequence

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.translation import glossary_matching as matching
from fedinote.translation import marks

JOB = "translation.renew_terms"
BATCH = 500
_PAGE = """
SELECT DISTINCT t.post_id, p.content, p.spoiler_text FROM post_translations t JOIN posts p ON p.id = t.post_id
WHERE t.post_id > ? AND t.kind = ? ORDER BY t.post_id LIMIT ?
"""


async def plan(app: App, terms: Sequence[str]) -> None:
    """Plan to look for posts with these terms, in the transaction that changes them."""
    if terms:
        await jobs.enqueue(app, JOB, {"terms": list(terms)}, priority=7)


async def renew(app: App, terms: Sequence[str]) -> None:
    """Forget what engines made of posts with these terms (a job; safe to repeat)."""
    expression = matching.pattern(map(matching.key_of, terms))
    last = 0
    while expression is not None:
        rows = await app.db.rows(_PAGE, last, marks.MACHINE, BATCH)
        if not rows:
            return
        last = rows[-1]["post_id"]
        found = [
            row["post_id"]
            for row in rows
            if expression.search(matching.fold(f"{row['content']} {row['spoiler_text']}")) is not None
        ]
        if found:
            await app.db.execute(
                "DELETE FROM post_translations WHERE post_id IN_INTS(?) AND kind = ?", found, marks.MACHINE
            )
