"""`fedinote audit`: what was decided here, by whom or by which rule, and why."""

from collections.abc import Mapping
from typing import Any

import click
import msgspec

from fedinote.cli.context import Setup, pass_setup, table
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.infra.db import Row

_SQL = (
    "SELECT l.action, l.target_type, l.target, l.detail, l.created_at, a.username FROM audit_log l"
    " LEFT JOIN accounts a ON a.id = l.actor_id ORDER BY l.id DESC LIMIT ?"
)


@click.command()
@click.option("--last", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many decisions.")
@pass_setup
def audit(setup: Setup, last: int) -> None:
    """Show the audit log: what moderators, the command line and the automatic rules decided, the newest last.

    \b
    Examples:
      fedinote audit
      fedinote audit --last 200
    """

    async def work(app: App) -> list[dict[str, str]]:
        rows = await app.db.rows(_SQL, last)
        names = await _names(app, rows)
        return [_shown(row, names) for row in reversed(rows)]

    lines = setup.run(work)
    if not lines:
        click.echo("Nothing was decided yet")
        return
    click.echo(table(lines, ["time", "who", "action", "target", "why"]))


async def _names(app: App, rows: list[Row]) -> dict[str, str]:
    """Return the handles of the accounts that the rows are about, by id."""
    ids = [int(row["target"]) for row in rows if row["target_type"] == "account" and row["target"].isdigit()]
    found = await app.db.rows("SELECT id, username, domain FROM accounts WHERE id IN_INTS(?)", ids)
    return {str(row["id"]): f"@{row['username']}" + (f"@{row['domain']}" if row["domain"] else "") for row in found}


def _shown(row: Row, names: Mapping[str, str]) -> dict[str, str]:
    detail: dict[str, Any] = msgspec.json.decode(row["detail"])
    target = names.get(row["target"], row["target"]) if row["target_type"] == "account" else row["target"]
    return {
        "time": iso(from_ms(row["created_at"])),
        "who": _who(row["username"], detail),
        "action": row["action"],
        "target": f"{row['target_type']} {target}",
        "why": _why(detail),
    }


def _who(username: str | None, detail: Mapping[str, Any]) -> str:
    if username:
        return f"@{username}"
    return f"rule {detail['policy']}" if "policy" in detail else str(detail.get("via", ""))


def _why(detail: Mapping[str, Any]) -> str:
    """Return the reason, and what else is noted beside who and whom."""
    rest = [f"{name}={value}" for name, value in detail.items() if name not in ("reason", "via", "policy", "uri")]
    return "; ".join([*([str(detail["reason"])] if detail.get("reason") else []), *rest])
