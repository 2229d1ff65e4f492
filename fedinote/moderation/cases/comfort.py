"""How a moderator wants to see what is hard to look at: kept with the login, for every browser."""

from fedinote.infra.app import App


async def greyscale(app: App, user_id: int) -> bool:
    """Tell whether pictures have no colours at this person's desk; they have none until somebody wants them."""
    row = await app.db.row("SELECT greyscale FROM users WHERE id = ?", user_id)
    return row is None or bool(row["greyscale"])


async def choose(app: App, user_id: int, *, without_colours: bool) -> None:
    """Keep whether pictures have no colours at this person's desk."""
    await app.db.execute("UPDATE users SET greyscale = ? WHERE id = ?", without_colours, user_id)
