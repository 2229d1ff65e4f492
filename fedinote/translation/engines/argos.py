"""Argos Translate without a server: its models run in a child process of FediNote's own, on this machine.

A process and not a thread, so that one that hangs can be ended, a crash of a model takes nothing else with it, and the
memory of the models is not that of every process. It starts when it is first needed.
"""

import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from fedinote.infra.errors import Invalid, Resting, Unavailable
from fedinote.infra.translation_settings import NAMES
from fedinote.text import language
from fedinote.translation.engine import Kind, Location, Term, Translated
from fedinote.translation.engines.listing import Listing

ANSWER_LIMIT = 1_000_000
MISSING_REST = 300.0
_CHILD = Path(__file__).with_name("argos_child.py")
# Argos' codes that are no language tags.
_CODES = {"zh": "zh-Hans", "zt": "zh-Hant", "pb": "pt-BR"}


class _Answer(msgspec.Struct):
    languages: dict[str, list[str]] = {}
    texts: list[str] = []
    error: str = ""


class Argos:
    """The engine of the packages that are installed for Argos Translate. `python` is the interpreter that has it."""

    kind = Kind.MACHINE
    location = Location.LOCAL

    def __init__(
        self,
        *,
        name: str = NAMES["argos"],
        python: str = sys.executable,
        environment: Mapping[str, str] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._python = python
        self._environment = {**os.environ, **(environment or {})}
        self._child: Process | None = None
        self._lock = asyncio.Lock()
        self._known = Listing(self._listed, now)

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        """Translate plain texts, one request after the other. `Invalid` without a source: Argos recognises none."""
        if source is None:
            raise Invalid("The language of the text is not known")
        known = await self._known.get()
        from_tag = _matched(source, known)
        from_code, targets = known[from_tag]
        to_tag = _matched(target, targets.keys() | {from_tag})
        if to_tag == from_tag:
            raise Invalid("The text is in this language already")
        answer = await self._ask({"texts": list(texts), "source": from_code, "target": targets[to_tag]})
        return Translated(tuple(answer.texts))

    async def languages(self) -> Mapping[str, frozenset[str]]:
        """Tell what the installed packages translate, also by way of a third language."""
        return {tag: frozenset(targets) for tag, (_, targets) in (await self._known.get()).items()}

    async def close(self) -> None:
        """End the child process."""
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            child.kill()
            await child.wait()

    async def _listed(self) -> dict[str, tuple[str, dict[str, str]]]:
        """By tag the code, and the codes of the targets by their tags."""
        answer = await self._ask({"languages": True})
        return {
            tag: (code, {to: each for each in targets if (to := _tag(each)) and to != tag})
            for code, targets in answer.languages.items()
            if (tag := _tag(code))
        }

    async def _ask(self, question: dict[str, object]) -> _Answer:
        """One question to the child, which is ended when it does not answer: a late answer must not be the next one."""
        async with self._lock:
            try:
                line = await self._line(msgspec.json.encode(question) + b"\n")
                answer = msgspec.json.decode(line, type=_Answer)
            except (OSError, ValueError, msgspec.MsgspecError, asyncio.IncompleteReadError) as error:
                await self.close()
                raise Unavailable(reason=f"{self.name}: {type(error).__name__}") from error
            except BaseException:
                await self.close()
                raise
        if answer.error.startswith("not installed"):
            raise Resting(seconds=MISSING_REST, reason=f"{self.name}: {answer.error}; install fedinote[argos]")
        if answer.error:
            raise Unavailable(reason=f"{self.name}: {answer.error}")
        return answer

    async def _line(self, question: bytes) -> bytes:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                self._python,
                "-I",
                str(_CHILD),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,  # it may quote what it was given
                env=self._environment,
                limit=ANSWER_LIMIT,
            )
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(question)
        await self._child.stdin.drain()
        return await self._child.stdout.readuntil(b"\n")


def _matched(wanted: str, available: Collection[str]) -> str:
    found = language.match(wanted, available)
    if found is None:
        raise Invalid("This language cannot be translated")
    return found


def _tag(code: str) -> str | None:
    return _CODES.get(code) or language.canonical(code)
