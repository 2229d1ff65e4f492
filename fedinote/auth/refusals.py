"""Those whom the moderators did not let in: for a month the right password tells them so, instead of "wrong".

Nothing is kept but hashes, the name and what the moderators wrote; none of it opens anything.
"""

from datetime import timedelta

from fedinote.auth.hashes import token_hash
from fedinote.auth.models import RefusedSignUp, User
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden

KEPT = timedelta(days=30)
_FIND = """SELECT password_hash, text, language FROM refused_sign_ups
 WHERE (username_key = ? OR email_hash = ?) AND created_at > ? ORDER BY id DESC LIMIT 1"""


class SignUpRefused(Forbidden):
    """Somebody knows the password of a sign-up that was refused (403). `text` is what the moderators wrote, or ""."""

    message = "The people who run this server did not open an account for you."

    def __init__(self, text: str, language: str | None) -> None:
        super().__init__()
        self.text = text
        self.language = language


async def note(app: App, user: User, username: str, *, text: str = "", language: str | None = None) -> None:
    """Remember somebody who is refused, in the transaction that deletes the login."""
    await RefusedSignUp.create(
        using_db=app.db.orm,
        id=app.ids.next(),
        username_key=username.lower()[:64],
        email_hash=token_hash(user.email),
        password_hash=user.password_hash,
        text=text,
        language=language,
        created_at=app.now(),
    )


async def find(app: App, login: str) -> tuple[str, SignUpRefused] | None:
    """Return the password's hash of whoever was refused under a name or e-mail address, and what to tell them."""
    folded = login.strip().lower()
    name = folded.removeprefix("@")[:64]
    row = await app.db.row(_FIND, name, token_hash(folded[:320]), app.now() - KEPT)
    return None if row is None else (row["password_hash"], SignUpRefused(row["text"], row["language"]))


async def tidy(app: App) -> None:
    """Forget those who were refused a month ago (a periodic job)."""
    await app.db.execute("DELETE FROM refused_sign_ups WHERE created_at <= ?", app.now() - KEPT)
