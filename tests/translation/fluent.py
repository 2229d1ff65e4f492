"""An engine that knows a few sentences, so that its answers are in the language that was asked for."""

from collections.abc import Sequence

from fedinote.infra.app import App
from fedinote.translation.engine import Location, Term, Translated
from fedinote.translation.routing import Router
from tests.translation.recorders import Recorder

SAID = "今天天气很好"
READ = "The weather is good today"
_SENTENCES = {
    SAID: (READ, "Hoy hace buen tiempo"),
    "明天下雨": ("It will rain tomorrow", "Mañana va a llover"),
    "天气": ("Weather", "Tiempo"),
    "茶": ("Tea", "Té"),
    "咖啡": ("Coffee", "Café"),
    "我的猫": ("My cat", "Mi gato"),
    "我喜欢猫和茶": ("I like cats and tea", "Me gustan los gatos y el té"),
    "城市": ("City", "Ciudad"),
    "北京": ("Beijing", "Pekín"),
    "Buenos días a todos": ("Good morning everybody", "Buenos días a todos"),
}


class Fluent(Recorder):
    """Answers from a list of sentences; a text with more in it has them replaced."""

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        answer = await super().translate(texts, source=source, target=target)
        return Translated(tuple(said(text, target) for text in texts), answer.detected)


def said(text: str, target: str) -> str:
    """What the engine makes of a text."""
    for sentence, (english, spanish) in sorted(_SENTENCES.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(sentence, english if target == "en" else spanish)
    return text


def fluent(app: App, location: Location = Location.LOCAL) -> Fluent:
    """Let the app translate by such an engine."""
    engine = Fluent(location)
    app.translator = Router([engine])
    return engine
