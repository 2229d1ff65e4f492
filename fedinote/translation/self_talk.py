"""How language models speak of themselves or decline, in the languages that posts are mostly written in."""

import re

_SAYINGS = (
    # English
    r"language model|\bLLMs?\b|\bGPT|\bchatbot",
    r"\bAI (?:assistant|model)|\bas an AI\b|\bI(?:['’]| a)m an AI\b",
    r"\bI(?:['’]m| am) (?:just )?(?:an?|your) (?:\w+ )?(?:assistant|translator|translation engine|bot|program)\b",
    r"\btrained by\b|\btraining data\b|\bOpenAI\b|\bChatGPT\b|\bQwen\b|\bDeepSeek\b",
    r"\bsystem (?:prompt|message|instruction)s?\b",
    r"\bmy (?:instructions|prompt|guidelines|programming)\b",
    r"\bI (?:can['’]?t|cannot|can not|won['’]t|am unable to) (?:help|assist|comply|translate|fulfil|do so)",
    r"\bI['’]m (?:unable|not able|happy) to \w+",
    r"\bhow (?:can|may) I (?:help|assist)",
    r"\bhere(?:['’]s| is) (?:the|your) translation\b|\bsorry, but I\b",
    # Chinese
    r"语言模型|語言模型|大模型|人工智能(?:助手|模型)|人工智慧(?:助理|模型)|(?:AI|智能|翻译|翻譯)(?:助手|助理|模型)|训练的|訓練的",
    r"我(?:是|只是)(?:一个|一個|一款|个)?(?:AI|人工智|翻译|翻譯|助手|助理)|系统提示|系統提示|提示词|提示詞|系统指令|系統指令",
    r"我(?:无法|不能|無法)(?:提供|翻译|翻譯|协助|協助|满足|回答|完成)|(?:有什么|有什麼)(?:可以|能)(?:帮|幫)|以下是(?:翻译|翻譯|译文|譯文)",
    # Japanese, Korean
    r"言語モデル|AIアシスタント|アシスタントです|翻訳(?:エンジン|プログラム)です|システムプロンプト|人工知能(?:です|として)|訓練された",
    r"お手伝い(?:します|できま)|以下(?:は|が)(?:翻訳|訳文)|お(?:答|応)えできません",
    r"翻訳できません|언어 ?모델|인공지능 (?:비서|모델)|시스템 프롬프트|도와드릴 수 없",
    # Spanish, Portuguese
    r"modelo de lenguaje|modelo de linguagem|(?:asistente|assistente) (?:de IA|virtual)",
    r"\bcomo (?:una? )?IA\b|\bsoy (?:una?|tu) ",
    r"\bno puedo (?:ayudar|traducir|cumplir)",
    r"(?:mensaje|instrucciones|indicaciones|prompt) del sistema|entrenad[oa] por\b",
    # French, German, Russian
    r"modèle de langage|assistant (?:IA|virtuel)",
    r"je ne peux pas (?:vous aider|traduire|répondre)|instructions système",
    r"Sprachmodell|KI-(?:Assistent|Modell)",
    r"ich kann (?:dabei|das|dir|Ihnen) nicht|Systemnachricht|System-?prompt",
    r"языков\w+ модел|ИИ-(?:ассистент|помощник)",
    r"системн\w+ (?:промпт|сообщени|инструкци)|я не могу (?:помочь|перевести)",
)
SELF_TALK = re.compile("|".join(_SAYINGS), re.IGNORECASE)
"""Where the post speaks of such things itself, its translation does too: only what is new tells anything."""
