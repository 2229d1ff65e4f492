"""How language models speak of themselves or decline, in the languages that posts are mostly written in."""

import re

# In folded letters, each at the beginning of a word: then most places of a text are dismissed at a glance.
_WORDS = (
    # English
    r"language model|large language|llms?\b|gpt|chatbot|ai (?:assistant|model)|as an ai\b|i(?:['’]| a)m an ai\b",
    r"i(?:['’]m| am) (?:just )?(?:an?|your) (?:\w+ )?(?:assistant|translator|translation engine|bot|program)\b",
    r"trained by\b|training data\b|openai\b|chatgpt\b|qwen\b|deepseek\b|system (?:prompt|message|instruction)s?\b",
    r"my (?:instructions|prompt|guidelines|programming)\b|i['’]m (?:unable|not able|happy) to \w+|sorry, but i\b",
    r"i (?:can['’]?t|cannot|can not|won['’]t|am unable to) (?:help|assist|comply|translate|fulfil|do so)",
    r"how (?:can|may) i (?:help|assist)|here(?:['’]s| is) (?:the|your) translation\b",
    # Spanish, Portuguese
    r"modelo de lenguaje|modelo de linguagem|(?:asistente|assistente) (?:de ia|virtual)|como (?:una? )?ia\b",
    r"soy (?:una?|tu) |no puedo (?:ayudar|traducir|cumplir)|entrenad[oa] por\b",
    r"(?:mensaje|instrucciones|indicaciones|prompt) del sistema",
    # French, German, Russian
    r"modèle de langage|assistant (?:ia|virtuel)|je ne peux pas (?:vous aider|traduire|répondre)|instructions système",
    r"sprachmodell|ki-(?:assistent|modell)|ich kann (?:dabei|das|dir|ihnen) nicht|systemnachricht|system-?prompt",
    r"языков\w+ модел|ии-(?:ассистент|помощник)|системн\w+ (?:промпт|сообщени|инструкци)",
    r"я не могу (?:помочь|перевести)",
)
# Without spaces between words there are no beginnings.
_SIGNS = (
    # Chinese
    r"语言模型|語言模型|大模型|人工智能(?:助手|模型)|人工智慧(?:助理|模型)|ai(?:助手|助理|模型)|智能(?:助手|助理|模型)",
    r"翻译(?:助手|助理|模型)|翻譯(?:助手|助理|模型)|训练的|訓練的|系统提示|系統提示|提示词|提示詞|系统指令|系統指令",
    r"我(?:是|只是)(?:一个|一個|一款|个)?(?:ai|人工智|翻译|翻譯|助手|助理)|有什[么麼](?:可以|能)(?:帮|幫)",
    r"我(?:无法|不能|無法)(?:提供|翻译|翻譯|协助|協助|满足|回答|完成)|以下是(?:翻译|翻譯|译文|譯文)",
    # Japanese, Korean
    r"言語モデル|aiアシスタント|アシスタントです|翻訳(?:エンジン|プログラム)です|システムプロンプト|訓練された",
    r"人工知能(?:です|として)|お手伝い(?:します|できま)|以下(?:は|が)(?:翻訳|訳文)|お[答応]えできません|翻訳できません",
    r"언어 ?모델|인공지능 (?:비서|모델)|시스템 프롬프트|도와드릴 수 없",
)
_SELF_TALK = (re.compile(rf"(?<!\w)(?:{'|'.join(_WORDS)})"), re.compile("|".join(_SIGNS)))


def is_self_talk(text: str) -> bool:
    """Tell whether a text, in folded letters, says what models say of themselves.

    Where a post speaks of such things itself, its translation does too: only what is new tells anything.
    """
    return any(pattern.search(text) for pattern in _SELF_TALK)
