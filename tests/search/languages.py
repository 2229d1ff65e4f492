"""A town that writes in four languages, and what its readers look for, made for measuring search across languages.

Who wrote them knows which posts each query means. POSTS by number: (language, text, the text in English as a reader of
it would be shown it). QUERIES: (query, the language of who asks, the posts that it means in any language). WORDS is
what an engine knows that translates single words: no word of it is taken from the posts by a rule.
"""

POSTS: dict[int, tuple[str, str, str]] = {
    1: ("zh-Hans", "我家的猫今天睡了一整天", "My cat slept all day today"),
    2: ("ja", "猫がソファで寝ている", "The cat is sleeping on the sofa"),
    3: ("es", "Mi gato duerme en el sofá todo el día", "My cat sleeps on the sofa all day"),
    4: ("en", "My cat is afraid of the vacuum cleaner", ""),
    5: ("zh-Hans", "图书馆里很安静，适合看书", "The library is quiet and good for reading books"),
    6: ("ja", "図書館で三時間も勉強した", "I studied in the library for three hours"),
    7: ("es", "La biblioteca cierra a las nueve los sábados", "The library closes at nine on Saturdays"),
    8: ("en", "The new library has a garden on its roof", ""),
    9: ("zh-Hant", "今天的天氣真好，去公園散步", "The weather is lovely today, going for a walk in the park"),
    10: ("ja", "公園の桜が満開です", "The cherry trees in the park are in full bloom"),
    11: ("es", "Paseo por el parque bajo la lluvia", "A walk in the park in the rain"),
    12: ("en", "Rain again, but the park smells wonderful", ""),
    13: ("zh-Hans", "早上喝一杯绿茶，心情很好", "A cup of green tea in the morning puts me in a good mood"),
    14: ("ja", "お茶を飲みながら本を読む", "Reading a book while drinking tea"),
    15: ("es", "Un té verde y un libro: no necesito más", "A green tea and a book: I need nothing more"),
    16: ("en", "Tea first, then the book club", ""),
    17: ("zh-Hans", "昨天看了一场足球比赛，太精彩了", "Watched a football match yesterday, it was thrilling"),
    18: ("ja", "サッカーの試合を見に行った", "I went to see a football match"),
    19: ("es", "El partido de fútbol terminó en empate", "The football match ended in a draw"),
    20: ("en", "Football match tonight, bring a scarf", ""),
    21: ("zh-Hans", "火车晚点了两个小时", "The train was two hours late"),
    22: ("ja", "電車が遅れています", "The train is delayed"),
    23: ("es", "El tren llegó tarde otra vez", "The train arrived late again"),
    24: ("en", "I wrote this on the night train", ""),
    25: ("zh-Hans", "学习西班牙语需要耐心", "Learning Spanish takes patience"),
    26: ("es", "Aprender chino requiere paciencia", "Learning Chinese takes patience"),
    27: ("ja", "雪が降って学校が休みになった", "School was closed because of the snow"),
    28: ("zh-Hans", "下雪了，孩子们在学校门口玩", "It is snowing, the children play at the school gate"),
    29: ("es", "Nieve en la puerta de la escuela", "Snow at the door of the school"),
    30: ("en", "The school band plays badly and happily", ""),
}

QUERIES: list[tuple[str, str, set[int]]] = [
    ("cat", "en", {1, 2, 3, 4}), ("library", "en", {5, 6, 7, 8}), ("park", "en", {9, 10, 11, 12}),
    ("tea", "en", {13, 14, 15, 16}), ("book", "en", {5, 14, 15, 16}), ("football", "en", {17, 18, 19, 20}),
    ("train", "en", {21, 22, 23, 24}), ("school", "en", {27, 28, 29, 30}), ("rain", "en", {11, 12}),
    ("snow", "en", {27, 28, 29}), ("green tea", "en", {13, 15}), ("patience", "en", {25, 26}),
    ("猫", "zh-CN", {1, 2, 3, 4}), ("图书馆", "zh-CN", {5, 6, 7, 8}), ("公园", "zh-CN", {9, 10, 11, 12}),
    ("茶", "zh-CN", {13, 14, 15, 16}), ("足球", "zh-CN", {17, 18, 19, 20}), ("火车", "zh-CN", {21, 22, 23, 24}),
    ("学校", "zh-CN", {27, 28, 29, 30}), ("雨", "zh-CN", {11, 12}), ("耐心", "zh-CN", {25, 26}),
    ("圖書館", "zh-TW", {5, 6, 7, 8}), ("貓", "zh-TW", {1, 2, 3, 4}),
    ("gato", "es", {1, 2, 3, 4}), ("biblioteca", "es", {5, 6, 7, 8}), ("parque", "es", {9, 10, 11, 12}),
    ("té", "es", {13, 14, 15, 16}), ("libro", "es", {5, 14, 15, 16}), ("fútbol", "es", {17, 18, 19, 20}),
    ("tren", "es", {21, 22, 23, 24}), ("escuela", "es", {27, 28, 29, 30}), ("nieve", "es", {27, 28, 29}),
    ("ねこ", "ja", {1, 2, 3, 4}), ("お茶", "ja", {13, 14, 15, 16}), ("サッカー", "ja", {17, 18, 19, 20}),
    ("電車", "ja", {21, 22, 23, 24}), ("学校が", "ja", {27, 28, 29, 30}), ("としょかん", "ja", {5, 6, 7, 8}),
]  # fmt: skip

WORDS: tuple[dict[str, str], ...] = (
    {"en": "cat", "zh": "猫", "es": "gato", "ja": "猫"},
    {"en": "cat", "ja": "ねこ", "zh": "猫", "es": "gato"},
    {"en": "library", "zh": "图书馆", "es": "biblioteca", "ja": "図書館"},
    {"en": "library", "zh": "图书馆", "es": "biblioteca", "ja": "としょかん"},
    {"en": "park", "zh": "公园", "es": "parque", "ja": "公園"},
    {"en": "tea", "zh": "茶", "es": "té", "ja": "お茶"},
    {"en": "green tea", "zh": "绿茶", "es": "té verde", "ja": "緑茶"},
    {"en": "book", "zh": "书", "es": "libro", "ja": "本"},
    {"en": "football", "zh": "足球", "es": "fútbol", "ja": "サッカー"},
    {"en": "train", "zh": "火车", "es": "tren", "ja": "電車"},
    {"en": "school", "zh": "学校", "es": "escuela", "ja": "学校"},
    {"en": "school", "zh": "学校", "es": "escuela", "ja": "学校が"},
    {"en": "rain", "zh": "雨", "es": "lluvia", "ja": "雨"},
    {"en": "snow", "zh": "雪", "es": "nieve", "ja": "雪"},
    {"en": "patience", "zh": "耐心", "es": "paciencia", "ja": "忍耐"},
)
