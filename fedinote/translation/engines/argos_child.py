"""The program that `argos` talks to: it loads Argos Translate and answers questions, one JSON line for each.

Run it as a file, with nothing of FediNote's on the path. Questions: {"languages": true}, which is answered with
{"languages": {"en": ["zh", …], …}}, and {"texts": […], "source": "en", "target": "zh"}, which is answered with
{"texts": […]}; or {"error": "…"} to either. It ends with its input. No text is written anywhere else.
"""

import json
import os
import sys


def main() -> int:
    """Answer until there are no more questions."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    # Argos can also send texts to a server, when the environment says so: this engine promises that none leaves.
    os.environ["ARGOS_MODEL_PROVIDER"] = "OPENNMT"
    os.environ["ARGOS_DEBUG"] = "0"
    for line in sys.stdin:
        try:
            answer = _answered(json.loads(line))
        except ImportError as error:
            answer = {"error": f"not installed: {error.name}"}
        except Exception as error:  # noqa: BLE001 - whatever goes wrong inside must not end the program
            answer = {"error": type(error).__name__}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    return 0


def _answered(question: dict[str, object]) -> dict[str, object]:
    from argostranslate import translate  # type: ignore[import-not-found, import-untyped, unused-ignore]

    if question.get("languages"):
        return {
            "languages": {
                each.code: [one.to_lang.code for one in each.translations_from if one.to_lang.code != each.code]
                for each in translate.get_installed_languages()
            }
        }
    translation = translate.get_translation_from_codes(question["source"], question["target"])
    texts = question["texts"]
    assert isinstance(texts, list)
    return {"texts": [translation.translate(text) for text in texts]}


if __name__ == "__main__":
    sys.exit(main())
