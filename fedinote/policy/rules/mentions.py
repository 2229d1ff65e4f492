"""Posts that call many people at once."""

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.policy.rules.kinds import Judged, Terms


class Mentions:
    """Terms: `most`, how many accounts a post may mention."""

    def __init__(self, terms: Terms) -> None:
        most = terms.get("most")
        if not isinstance(most, int) or most < 0:
            raise Invalid("Validation failed: A rule about mentions needs the number that is still allowed")
        self._most = most

    async def match(self, app: App, judged: Judged) -> str | None:
        """Count whom the post is addressed to."""
        count = judged.subject.mentions
        return f"{count} mentions, more than {self._most}" if count > self._most else None
