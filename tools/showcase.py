"""A server that looks lived in: drawn pictures, notes in five languages, answers, favourites. For pictures and tests.

python -m tools.showcase FOLDER    serve one from a folder until it is stopped
"""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from tests.support.process import ServerProcess
from tools import cases, neighbours
from tools.scenery import picture

PASSWORD = "a long enough password"  # noqa: S105 of a server that lives for minutes
OWNER = "house"
_CONTENTS = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
AUTHORS: dict[str, dict[str, str]] = _CONTENTS["authors"]
NOTES: list[dict[str, Any]] = _CONTENTS["notes"]
"""Who writes in which language what; pictures as kind, seed, description; the same in `others`; `answers` to it."""


class Showcase:
    """A running server, and the tokens of those who write on it."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.tokens: dict[str, str] = {}
        self.posts: list[dict[str, Any]] = []
        self.cases: dict[str, str] = {}

    def furnish(self) -> None:
        """Make the accounts, write the notes, answer and favour them; and give the moderators something to do."""
        for name in AUTHORS:
            self.server.user(name, PASSWORD, role="owner" if name == OWNER else "member")
            self.tokens[name] = self.server.token(name)
        for name, author in AUTHORS.items():
            changes = {"display_name": author["name"], "note": author["note"], "source[language]": author["language"]}
            changes |= {"discoverable": "true", "indexable": "true"}
            self.call(name, "PATCH", "/api/v1/accounts/update_credentials", changes)
        for name in AUTHORS:
            for other in set(AUTHORS) - {name}:
                found = self.call(name, "GET", f"/api/v1/accounts/lookup?acct={other}")
                self.call(name, "POST", f"/api/v1/accounts/{found['id']}/follow")
        for number, note in enumerate(reversed(NOTES)):
            self.posts.insert(0, self.write(note))
            for reader in list(AUTHORS)[: 1 + number % 5]:
                self.call(reader, "POST", f"/api/v1/statuses/{self.posts[0]['id']}/favourite")
        pictured = next(one["id"] for one in self.posts if one["media_attachments"])
        self.cases = {
            **cases.make(self, OWNER),
            **neighbours.make(self.server.environment, OWNER, pictured),
            "pictured": pictured,
        }

    def write(self, note: dict[str, Any]) -> dict[str, Any]:
        """Publish a note with its pictures, versions and answers."""
        author = note["author"]
        media = [self.upload(author, *one) for one in note.get("pictures", ())]
        fields: dict[str, Any] = {"status": note["text"], "language": note["language"], "media_ids": media}
        fields["translations"] = {tag: {"status": text} for tag, text in note.get("others", {}).items()}
        post: dict[str, Any] = self.call(author, "POST", "/api/v1/statuses", fields)
        for name, language, text in note.get("answers", ()):
            answer = {"status": f"@{author} {text}", "language": language, "in_reply_to_id": post["id"]}
            self.call(name, "POST", "/api/v1/statuses", answer)
        return post

    def upload(self, author: str, kind: str, seed: int, description: str) -> str:
        """Send a drawn picture; return its id."""
        width, height = ((1080, 1440), (1200, 1200), (1440, 1080))[seed % 3]
        return self.send(author, f"{kind}.jpg", "image/jpeg", picture(kind, seed, width, height), description)

    def send(self, author: str, name: str, media_type: str, data: bytes, description: str = "") -> str:
        """Send a file; return the id of the attachment when it is ready."""
        mark, line = uuid.uuid4().hex, "Content-Disposition: form-data; name="
        head = f'--{mark}\r\n{line}"file"; filename="{name}"\r\nContent-Type: {media_type}\r\n\r\n'
        tail = f'\r\n--{mark}\r\n{line}"description"\r\n\r\n{description}\r\n--{mark}--\r\n'
        kind = f"multipart/form-data; boundary={mark}"
        found = self._ask(author, "POST", "/api/v2/media", head.encode() + data + tail.encode(), kind)
        for _ in range(200):
            if found.get("url"):
                break
            time.sleep(0.1)
            found = self._ask(author, "GET", f"/api/v1/media/{found['id']}", None, "")
        return str(found["id"])

    def call(self, author: str, method: str, path: str, fields: dict[str, Any] | None = None) -> Any:
        """Call the client API as one of the authors."""
        body = None if fields is None else json.dumps(_nested(fields)).encode()
        return self._ask(author, method, path, body, "application/json")

    def _ask(self, author: str, method: str, path: str, body: bytes | None, kind: str) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[author]}", **({"Content-Type": kind} if body else {})}
        request = urllib.request.Request(self.server.base_url + path, body, headers, method=method)  # noqa: S310 our own
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 our own
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read()[:500]!r}") from error


def _nested(fields: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in fields.items():
        outer, bracket, inner = name.partition("[")
        if bracket:
            found.setdefault(outer, {})[inner.rstrip("]")] = value
        else:
            found[name] = value
    return found


ENVIRONMENT = {
    "FEDINOTE_INSTANCE_TITLE": "Harbour & Teahouse",
    "FEDINOTE_INSTANCE_DESCRIPTION": "A small house where people read each other across languages.",
    "FEDINOTE_INSTANCE_LANGUAGES": "en,zh-Hans,ja,es,zh-Hant",
    "FEDINOTE_REGISTRATIONS_MODE": "approval",
    "FEDINOTE_FEDERATION_FIRST_CONTACT": "careful",
    "FEDINOTE_TRANSLATION_ENGINE": "phrasebook",
}


def main() -> int:
    """Serve a furnished server until it is stopped."""
    with ServerProcess(Path(sys.argv[1]).resolve(), **ENVIRONMENT) as server:
        Showcase(server).furnish()
        print(server.base_url, "sign in as", OWNER, "with", PASSWORD, flush=True)
        try:
            while server.process is not None and server.process.poll() is None:
                time.sleep(1)
        except KeyboardInterrupt:
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
