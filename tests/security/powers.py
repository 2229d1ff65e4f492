"""Who of those who run the server may do what: one line for each route of theirs. A route without a line is a failure.

A line is method, path, the power that it takes, and whether it leaves a line in the audit log: `+`, or `-` where
nothing is changed, or `~` where what is changed is no decision about people or about the server (WHY says which).
Routes of the client API have their scope at the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fedinote.api.routes import ROUTES as API
from fedinote.web.routes import ROUTES as WEB

ROLES = ("member", "moderator", "admin", "owner")
LOWEST: Mapping[str, str] = {
    "REPORTS": "moderator",
    "ACCOUNTS": "moderator",
    "AUDIT": "moderator",
    "TRENDS": "moderator",
    "DASHBOARD": "moderator",
    "PROPOSALS": "moderator",
    "DOMAINS": "admin",
    "DELETION": "admin",
    "BLOCKS": "admin",
    "GLOSSARY": "admin",
    "SETTINGS": "admin",
    "INVITES": "admin",
    "EMOJI": "admin",
    "ANNOUNCEMENTS": "admin",
    "ENGINES": "owner",
}
"""The lowest role that has each power, written down a second time."""
WHY = {
    "POST /admin/welcome": "first steps that were put aside are offered again to nobody",
    "POST /admin/doctor": "a server is examined: it reads, and asks another server",
    "POST /admin/hosts/ask": "another server is asked what it runs",
    "POST /admin/engines/test": "a sentence of ours is translated; accounts of engines count it",
    "POST /admin/desk": "how the desk looks to one moderator",
    "POST /admin/policies/rules/{id}/try": "a rule is tried on what is there: nothing comes of it",
    "POST /admin/domains/imports": "a file is read; what it would do is decided at the next step",
    "POST /admin/domains/preview": "what a block would do is counted: nothing comes of it",
}

_API = """
GET    /api/v1/admin/accounts                                       ACCOUNTS      - admin:read:accounts
GET    /api/v2/admin/accounts                                       ACCOUNTS      - admin:read:accounts
GET    /api/v1/admin/accounts/{id}                                  ACCOUNTS      - admin:read:accounts
DELETE /api/v1/admin/accounts/{id}                                  DELETION      + admin:write:accounts
POST   /api/v1/admin/accounts/{id}/action                           ACCOUNTS      + admin:write:accounts
POST   /api/v1/admin/accounts/{id}/approve                          ACCOUNTS      + admin:write:accounts
POST   /api/v1/admin/accounts/{id}/reject                           ACCOUNTS      + admin:write:accounts
POST   /api/v1/admin/accounts/{id}/enable                           ACCOUNTS      + admin:write:accounts
POST   /api/v1/admin/accounts/{id}/unsensitive                      ACCOUNTS      + admin:write:accounts
POST   /api/v1/admin/accounts/{id}/unsilence                        ACCOUNTS      + admin:write:accounts
POST   /api/v1/admin/accounts/{id}/unsuspend                        ACCOUNTS      + admin:write:accounts
GET    /api/fedinote/v1/admin/accounts/{id}/trust                   ACCOUNTS      - admin:read:accounts
POST   /api/fedinote/v1/admin/accounts/{id}/vouch                   ACCOUNTS      + admin:write:accounts
POST   /api/fedinote/v1/admin/accounts/{id}/unvouch                 ACCOUNTS      + admin:write:accounts
GET    /api/v1/admin/reports                                        REPORTS       - admin:read:reports
GET    /api/v1/admin/reports/{id}                                   REPORTS       - admin:read:reports
PUT    /api/v1/admin/reports/{id}                                   REPORTS       + admin:write:reports
PATCH  /api/v1/admin/reports/{id}                                   REPORTS       + admin:write:reports
POST   /api/v1/admin/reports/{id}/assign_to_self                    REPORTS       + admin:write:reports
POST   /api/v1/admin/reports/{id}/unassign                          REPORTS       + admin:write:reports
POST   /api/v1/admin/reports/{id}/resolve                           REPORTS       + admin:write:reports
POST   /api/v1/admin/reports/{id}/reopen                            REPORTS       + admin:write:reports
GET    /api/v1/admin/trends/tags                                    TRENDS        - admin:read
GET    /api/v1/admin/trends/statuses                                TRENDS        - admin:read
GET    /api/v1/admin/trends/links                                   TRENDS        - admin:read
GET    /api/v1/admin/trends/links/publishers                        TRENDS        - admin:read
POST   /api/v1/admin/trends/tags/{id}/approve                       TRENDS        + admin:write
POST   /api/v1/admin/trends/tags/{id}/reject                       TRENDS        + admin:write
POST   /api/v1/admin/trends/statuses/{id}/approve                   TRENDS        + admin:write
POST   /api/v1/admin/trends/statuses/{id}/reject                   TRENDS        + admin:write
POST   /api/v1/admin/trends/links/{id}/approve                      TRENDS        + admin:write
POST   /api/v1/admin/trends/links/{id}/reject                      TRENDS        + admin:write
POST   /api/v1/admin/trends/links/publishers/{id}/approve           TRENDS        + admin:write
POST   /api/v1/admin/trends/links/publishers/{id}/reject           TRENDS        + admin:write
GET    /api/v1/admin/tags                                           TRENDS        - admin:read
GET    /api/v1/admin/tags/{id}                                      TRENDS        - admin:read
PUT    /api/v1/admin/tags/{id}                                      TRENDS        + admin:write
GET    /api/v1/admin/domain_blocks                                  DOMAINS       - admin:read:domain_blocks
POST   /api/v1/admin/domain_blocks                                  DOMAINS       + admin:write:domain_blocks
GET    /api/v1/admin/domain_blocks/{id}                             DOMAINS       - admin:read:domain_blocks
PUT    /api/v1/admin/domain_blocks/{id}                             DOMAINS       + admin:write:domain_blocks
PATCH  /api/v1/admin/domain_blocks/{id}                             DOMAINS       + admin:write:domain_blocks
DELETE /api/v1/admin/domain_blocks/{id}                             DOMAINS       + admin:write:domain_blocks
GET    /api/v1/admin/domain_allows                                  DOMAINS       - admin:read:domain_allows
POST   /api/v1/admin/domain_allows                                  DOMAINS       + admin:write:domain_allows
GET    /api/v1/admin/domain_allows/{id}                             DOMAINS       - admin:read:domain_allows
DELETE /api/v1/admin/domain_allows/{id}                             DOMAINS       + admin:write:domain_allows
GET    /api/v1/admin/ip_blocks                                      BLOCKS        - admin:read:ip_blocks
POST   /api/v1/admin/ip_blocks                                      BLOCKS        + admin:write:ip_blocks
GET    /api/v1/admin/ip_blocks/{id}                                 BLOCKS        - admin:read:ip_blocks
PUT    /api/v1/admin/ip_blocks/{id}                                 BLOCKS        + admin:write:ip_blocks
PATCH  /api/v1/admin/ip_blocks/{id}                                 BLOCKS        + admin:write:ip_blocks
DELETE /api/v1/admin/ip_blocks/{id}                      BLOCKS  + admin:write:ip_blocks|admin:write:domain_blocks
GET    /api/v1/admin/email_domain_blocks                            BLOCKS        - admin:read:email_domain_blocks
POST   /api/v1/admin/email_domain_blocks                            BLOCKS        + admin:write:email_domain_blocks
GET    /api/v1/admin/email_domain_blocks/{id}                       BLOCKS        - admin:read:email_domain_blocks
DELETE /api/v1/admin/email_domain_blocks/{id}                       BLOCKS        + admin:write:email_domain_blocks
GET    /api/v1/admin/canonical_email_blocks                         BLOCKS        - admin:read:canonical_email_blocks
POST   /api/v1/admin/canonical_email_blocks                         BLOCKS        + admin:write:canonical_email_blocks
POST   /api/v1/admin/canonical_email_blocks/test                    BLOCKS        - admin:read:canonical_email_blocks
GET    /api/v1/admin/canonical_email_blocks/{id}                    BLOCKS        - admin:read:canonical_email_blocks
DELETE /api/v1/admin/canonical_email_blocks/{id}                    BLOCKS        + admin:write:canonical_email_blocks
POST   /api/v1/admin/measures                                       DASHBOARD     - admin:read
POST   /api/v1/admin/dimensions                                     DASHBOARD     - admin:read
POST   /api/v1/admin/retention                                      DASHBOARD     - admin:read
POST   /api/fedinote/v1/admin/glossary                              GLOSSARY      + admin:write
GET    /api/fedinote/v1/admin/glossary/export                       GLOSSARY      - admin:read
POST   /api/fedinote/v1/admin/glossary/import                       GLOSSARY      + admin:write
GET    /api/fedinote/v1/admin/glossary/proposals                    PROPOSALS     - admin:read
POST   /api/fedinote/v1/admin/glossary/proposals/{id}/accept        PROPOSALS     + admin:write
POST   /api/fedinote/v1/admin/glossary/proposals/{id}/reject        PROPOSALS     + admin:write
GET    /api/fedinote/v1/admin/glossary/{id}                         GLOSSARY      - admin:read
PUT    /api/fedinote/v1/admin/glossary/{id}                         GLOSSARY      + admin:write
DELETE /api/fedinote/v1/admin/glossary/{id}                         GLOSSARY      + admin:write
GET    /api/fedinote/v1/admin/relays                                DOMAINS       - admin:read:domain_blocks
POST   /api/fedinote/v1/admin/relays                                DOMAINS       + admin:write:domain_blocks
DELETE /api/fedinote/v1/admin/relays/{id}                           DOMAINS       + admin:write:domain_blocks
GET    /api/fedinote/v1/admin/lists                                 DOMAINS       - admin:read:domain_blocks
POST   /api/fedinote/v1/admin/lists                                 DOMAINS       + admin:write:domain_blocks
GET    /api/fedinote/v1/admin/lists/{id}                            DOMAINS       - admin:read:domain_blocks
PATCH  /api/fedinote/v1/admin/lists/{id}                            DOMAINS       + admin:write:domain_blocks
DELETE /api/fedinote/v1/admin/lists/{id}                            DOMAINS       + admin:write:domain_blocks
POST   /api/fedinote/v1/admin/lists/{id}/read                       DOMAINS       + admin:write:domain_blocks
GET    /api/fedinote/v1/admin/list_entries                          DOMAINS       - admin:read:domain_blocks
POST   /api/fedinote/v1/admin/list_entries/{id}/apply               DOMAINS       + admin:write:domain_blocks
POST   /api/fedinote/v1/admin/list_entries/{id}/refuse              DOMAINS       + admin:write:domain_blocks
GET    /api/fedinote/v1/admin/domain_blocks/foresight               DOMAINS       - admin:read:domain_blocks
GET    /api/fedinote/v1/admin/domain_changes                        DOMAINS       - admin:read:domain_blocks
POST   /api/fedinote/v1/admin/domain_changes/{id}/undo              DOMAINS       + admin:write:domain_blocks
GET    /api/fedinote/v1/admin/rules                                 DOMAINS       - admin:read:domain_blocks
POST   /api/fedinote/v1/admin/rules                                 DOMAINS       + admin:write:domain_blocks
GET    /api/fedinote/v1/admin/rules/{id}                            DOMAINS       - admin:read:domain_blocks
PATCH  /api/fedinote/v1/admin/rules/{id}                            DOMAINS       + admin:write:domain_blocks
DELETE /api/fedinote/v1/admin/rules/{id}                            DOMAINS       + admin:write:domain_blocks
GET    /api/fedinote/v1/admin/rules/{id}/trial                      DOMAINS       - admin:read:domain_blocks
GET    /api/fedinote/v1/admin/rules/{id}/hits                       DOMAINS       - admin:read:domain_blocks
GET    /api/fedinote/v1/admin/held                                  REPORTS       - admin:read:reports
POST   /api/fedinote/v1/admin/held/{id}/release                     REPORTS       + admin:write:reports
DELETE /api/fedinote/v1/admin/held/{id}                             REPORTS       + admin:write:reports
GET    /api/fedinote/v1/admin/topics                                TRENDS        - admin:read
GET    /api/fedinote/v1/admin/topics/suggestions                    TRENDS        - admin:read
POST   /api/fedinote/v1/admin/topics                                TRENDS        + admin:write
PATCH  /api/fedinote/v1/admin/topics/{id}                           TRENDS        + admin:write
DELETE /api/fedinote/v1/admin/topics/{id}                           TRENDS        + admin:write
GET    /api/fedinote/v1/admin/trace                                 AUDIT         - admin:read:domain_blocks
GET    /api/fedinote/v1/admin/translation                           DASHBOARD     - admin:read
GET    /api/fedinote/v1/admin/appeals                               ACCOUNTS      - admin:read:accounts
GET    /api/fedinote/v1/admin/appeals/{id}                          ACCOUNTS      - admin:read:accounts
POST   /api/fedinote/v1/admin/appeals/{id}/answer                   ACCOUNTS      + admin:write:accounts
POST   /api/fedinote/v1/admin/appeals/{id}/decide                   ACCOUNTS      + admin:write:accounts
GET    /api/fedinote/v1/admin/reports/{id}/notes                    REPORTS       - admin:read:reports
POST   /api/fedinote/v1/admin/reports/{id}/notes                    REPORTS       + admin:write:reports
POST   /api/fedinote/v1/admin/rules/{id}/undo                    DOMAINS       + admin:write:domain_blocks
"""
_WEB = """
GET    /admin                                                       DASHBOARD     -
GET    /admin/figures                                               DASHBOARD     -
GET    /admin/welcome                                               SETTINGS      -
POST   /admin/welcome                                               SETTINGS      ~
GET    /admin/welcome/{step}                                        SETTINGS      -
POST   /admin/welcome/{step}                                        SETTINGS      +
GET    /admin/settings                                              SETTINGS      -
GET    /admin/settings/{group}                                      SETTINGS      -
POST   /admin/settings/{group}                                      SETTINGS      +
GET    /admin/translation                                           ENGINES       -
POST   /admin/translation                                           ENGINES       +
GET    /admin/rules                                                 SETTINGS      -
POST   /admin/rules                                                 SETTINGS      +
GET    /admin/rules/{number}                                        SETTINGS      -
POST   /admin/rules/{number}                                        SETTINGS      +
GET    /admin/texts                                                 SETTINGS      -
GET    /admin/texts/{name}                                          SETTINGS      -
GET    /admin/texts/{name}/{day}                                    SETTINGS      -
POST   /admin/texts/{name}                                          SETTINGS      +
POST   /admin/texts/{name}/{day}                                    SETTINGS      +
GET    /admin/invitations                                           INVITES       -
POST   /admin/invitations                                           INVITES       +
POST   /admin/invitations/revoke                                    INVITES       +
GET    /admin/announcements                                         ANNOUNCEMENTS -
POST   /admin/announcements                                         ANNOUNCEMENTS +
GET    /admin/announcements/{id}                                    ANNOUNCEMENTS -
POST   /admin/announcements/{id}                                    ANNOUNCEMENTS +
GET    /admin/emoji                                                 EMOJI         -
POST   /admin/emoji                                                 EMOJI         +
POST   /admin/emoji/change                                          EMOJI         +
GET    /admin/emoji/others                                          EMOJI         -
POST   /admin/emoji/others                                          EMOJI         +
GET    /admin/topics                                                TRENDS        -
POST   /admin/topics                                                TRENDS        +
GET    /admin/topics/{slug}                                         TRENDS        -
POST   /admin/topics/{slug}                                         TRENDS        +
GET    /admin/glossary                                              PROPOSALS     -
POST   /admin/glossary                                              GLOSSARY      +
POST   /admin/glossary/proposals                                    PROPOSALS     +
GET    /admin/glossary/{id}                                         GLOSSARY      -
POST   /admin/glossary/{id}                                         GLOSSARY      +
GET    /admin/relays                                                DOMAINS       -
POST   /admin/relays                                                DOMAINS       +
POST   /admin/relays/remove                                         DOMAINS       +
GET    /admin/accounts                                              ACCOUNTS      -
GET    /admin/accounts/{id}                                         ACCOUNTS      -
POST   /admin/accounts/act                                          ACCOUNTS      +
GET    /admin/reports                                               REPORTS       -
GET    /admin/reports/{id}                                          REPORTS       -
POST   /admin/reports/{id}                                          REPORTS       +
GET    /admin/appeals                                               ACCOUNTS      -
GET    /admin/appeals/{id}                                          ACCOUNTS      -
POST   /admin/appeals/{id}                                          ACCOUNTS      +
GET    /admin/audit                                                 AUDIT         -
GET    /admin/trace                                                 AUDIT         -
GET    /admin/held                                                  REPORTS       -
POST   /admin/held                                                  REPORTS       +
POST   /admin/held/undo                                             DOMAINS       +
GET    /admin/queues                                                DASHBOARD     -
POST   /admin/queues/retry                                          DOMAINS       +
POST   /admin/queues/discard                                        DOMAINS       +
GET    /admin/hosts                                                 DASHBOARD     -
GET    /admin/hosts/{host}                                          DASHBOARD     -
POST   /admin/hosts/try                                             DOMAINS       +
POST   /admin/hosts/stop                                            DOMAINS       +
POST   /admin/hosts/ask                                             DOMAINS       ~
GET    /admin/deliveries                                            DASHBOARD     -
POST   /admin/deliveries/retry                                      DOMAINS       +
POST   /admin/deliveries/discard                                    DOMAINS       +
GET    /admin/doctor                                                DOMAINS       -
POST   /admin/doctor                                                DOMAINS       ~
GET    /admin/engines                                               DASHBOARD     -
POST   /admin/engines/test                                          SETTINGS      ~
GET    /admin/media                                                 DASHBOARD     -
POST   /admin/media/clean                                           SETTINGS      +
GET    /admin/audit.csv                                             AUDIT         -
POST   /admin/accounts/batch                                        ACCOUNTS      +
POST   /admin/reports                                               REPORTS       +
POST   /admin/desk                                                  REPORTS       ~
GET    /admin/policies                                              REPORTS       -
GET    /admin/policies/rules                                        DOMAINS       -
POST   /admin/policies/rules                                        DOMAINS       +
GET    /admin/policies/rules/new                                    DOMAINS       -
GET    /admin/policies/rules/{id}/edit                              DOMAINS       -
POST   /admin/policies/rules/{id}/edit                              DOMAINS       +
GET    /admin/policies/rules/{id}/hits                              DOMAINS       -
POST   /admin/policies/rules/{id}/remove                            DOMAINS       +
GET    /admin/policies/rules/{id}                                   DOMAINS       -
POST   /admin/policies/rules/{id}/try                               DOMAINS       ~
POST   /admin/policies/rules/{id}/switch                            DOMAINS       +
GET    /admin/policies/rules/{id}/undo                              DOMAINS       -
POST   /admin/policies/rules/{id}/undo                              DOMAINS       +
GET    /admin/strangers                                             REPORTS       -
POST   /admin/strangers                                             DOMAINS       +
GET    /admin/domains/imports                                       DOMAINS       -
POST   /admin/domains/imports                                       DOMAINS       ~
GET    /admin/domains/imports/{id}                                  DOMAINS       -
POST   /admin/domains/imports/{id}                                  DOMAINS       +
GET    /admin/domains                                               DOMAINS       -
POST   /admin/domains                                               DOMAINS       +
GET    /admin/domains/new                                           DOMAINS       -
POST   /admin/domains/preview                                       DOMAINS       ~
GET    /admin/domains/export                                        DOMAINS       -
GET    /admin/domains/changes                                       DOMAINS       -
POST   /admin/domains/undo                                          DOMAINS       +
GET    /admin/domains/{id}                                          DOMAINS       -
POST   /admin/domains/{id}/remove                                   DOMAINS       +
GET    /admin/allows                                                DOMAINS       -
POST   /admin/allows                                                DOMAINS       +
POST   /admin/allows/remove                                         DOMAINS       +
GET    /admin/allows/export                                         DOMAINS       -
GET    /admin/lists                                                 DOMAINS       -
POST   /admin/lists                                                 DOMAINS       +
GET    /admin/lists/drafts                                          DOMAINS       -
POST   /admin/lists/decide                                          DOMAINS       +
GET    /admin/lists/{id}                                            DOMAINS       -
POST   /admin/lists/{id}                                            DOMAINS       +
POST   /admin/lists/{id}/read                                       DOMAINS       +
POST   /admin/lists/{id}/remove                                     DOMAINS       +
GET    /admin/pictures                                              REPORTS       -
POST   /admin/pictures                                              DOMAINS       +
GET    /admin/pictures/add                                          DOMAINS       -
POST   /admin/pictures/add                                          DOMAINS       +
GET    /admin/pictures/{id}                                         DOMAINS       -
POST   /admin/pictures/{id}                                         DOMAINS       +
GET    /admin/pictures/{id}/export                                  DOMAINS       -
"""


@dataclass(frozen=True, slots=True)
class Line:
    """What holds for one route. `scopes`: one of them is enough; empty for pages."""

    method: str
    path: str
    power: str
    leaves: str
    scopes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def changes(self) -> bool:
        """Whether it leaves a line in the audit log."""
        return self.leaves == "+"

    def allows(self, role: str) -> bool:
        return role in ROLES and ROLES.index(role) >= ROLES.index(LOWEST[self.power])


def _lines(text: str) -> dict[str, Line]:
    found = {}
    for words in map(str.split, text.strip().splitlines()):
        line = Line(words[0], words[1], words[2], words[3], tuple(words[4].split("|")) if len(words) > 4 else ())
        assert line.name not in found, line.name
        found[line.name] = line
    return found


LINES: Mapping[str, Line] = _lines(_API) | _lines(_WEB)


def served() -> list[str]:
    """Every route of those who run the server, from the tables that the server itself works with."""
    api = [f"{route.method} {route.path}" for route in API if "/admin/" in route.path]
    below = [route for route in WEB if route.path == "/admin" or route.path.startswith("/admin/")]
    return api + [f"{method} {one.path}" for one in below for method in sorted(one.methods or ()) if method != "HEAD"]
