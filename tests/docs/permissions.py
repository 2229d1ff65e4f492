"""The table of who may what, docs/permissions.md: `python -m tests.docs.permissions` writes it anew.

The routes are those of the code, what holds for each is what tests/security/powers.py says and asks of the server.
"""

from collections.abc import Iterable

from fedinote.moderation import permissions
from fedinote.moderation.moderator import Power
from tests.docs.pages import ROOT
from tests.security.powers import LINES, LOWEST, ROLES, WHY, Line, served

NAME = "docs/permissions.md"
BEGIN = "<!-- table: written by `python -m tests.docs.permissions` -->"
END = "<!-- end of the table -->"
LOGGED = {"-": "", "+": "yes", "~": "no"}


def written() -> str:
    """What stands between BEGIN and END."""
    lines = [LINES[name] for name in served() if name in LINES]
    parts = [_powers(), _routes("The client API", (one for one in lines if one.api), scopes=True)]
    parts += [_routes("The pages", (one for one in lines if not one.api), scopes=False), _unlogged()]
    return "\n\n".join(parts)


def _powers() -> str:
    head = ["## Powers", "", "| Power | Mastodon's permissions | " + " | ".join(ROLES) + " |", "|---" * 6 + "|"]
    rows = [f"| {name} | {_told(Power[name])} | {_given(lowest)} |" for name, lowest in LOWEST.items()]
    return "\n".join([*head, *rows])


def _told(power: Power) -> str:
    return ", ".join(f"`{str(one.name).lower()}`" for one in permissions.told(power)) or "–"


def _given(lowest: str) -> str:
    return " | ".join("yes" if ROLES.index(role) >= ROLES.index(lowest) else "" for role in ROLES)


def _routes(title: str, lines: Iterable[Line], *, scopes: bool) -> str:
    head = f"| Method | Path | Power |{' Scope |' if scopes else ''} {' | '.join(ROLES)} | Audit log |"
    rows = [f"## {title}", "", head, "|---" * (head.count("|") - 1) + "|"]
    for one in lines:
        scope = f" {' or '.join(f'`{name}`' for name in one.scopes)} |" if scopes else ""
        given = f"{_given(LOWEST[one.power])} | {LOGGED[one.leaves]}"
        rows.append(f"| {one.method} | `{one.path}` | {one.power} |{scope} {given} |")
    return "\n".join(rows)


def _unlogged() -> str:
    rows = [f"- `{name}`: {why}." for name, why in WHY.items()]
    return "\n".join(["What changes something and is not in the audit log:", "", *rows])


def main() -> None:
    path = ROOT / NAME
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{BEGIN}\n\n{written()}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
