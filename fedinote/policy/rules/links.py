"""Links: to certain hosts, or too many of them."""

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.policy.rules.kinds import Judged, Terms

MAX_HOSTS = 5_000


class Links:
    """Terms: `hosts`, a list (subdomains count with them), and `most`, the number of links that is still allowed."""

    def __init__(self, terms: Terms) -> None:
        self._hosts = frozenset(str(host).strip().lower().removeprefix("www.") for host in terms.get("hosts", ()))
        most = terms.get("most")
        if not (self._hosts - {""} or isinstance(most, int)) or len(self._hosts) > MAX_HOSTS:
            raise Invalid(f"Validation failed: A rule about links needs up to {MAX_HOSTS} hosts, or a number")
        self._most = most if isinstance(most, int) and most >= 0 else None

    async def match(self, app: App, judged: Judged) -> str | None:
        """Look at the links of the post; those to people and hashtags are none."""
        hosts = judged.link_hosts
        for host in hosts:
            if (found := self._listed(host)) is not None:
                return f"a link to {host}" if host == found else f"a link to {host}, below {found}"
        if self._most is not None and len(hosts) > self._most:
            return f"{len(hosts)} links, more than {self._most}"
        return None

    def _listed(self, host: str) -> str | None:
        parts = host.split(".")
        return next((name for at in range(len(parts)) if (name := ".".join(parts[at:])) in self._hosts), None)
