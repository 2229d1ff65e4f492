"""Small Argos packages that a real LibreTranslate server loads: a dictionary built as a neural network.

Nothing is trained and nothing is fetched. The network is a CTranslate2 transformer of one layer whose weights are
written down so that it looks words up:

- A source word is a vector with a one at its number (dimensions 0 to V) and the code of its place in the sentence
  (dimensions V to V + PLACES). The codes are rows of a Hadamard matrix, so any two of them are orthogonal.
- The encoder's layer has weights of zero: only its input goes on.
- At step n the decoder knows nothing but the code of place n. Its attention to the source compares codes, so it
  falls on word n, and passes that word's vector on.
- The output projection is the dictionary: from source word to target word. The unknown word leads to itself and is
  then replaced by what stood in the source; the end of the sentence leads to the end.

So words are translated one by one in their order, which is what tests can foretell. Run it with the Python of the
server's virtual environment (it needs ctranslate2, sentencepiece, onnx and numpy):
`python -m tests.support.argos FOLDER`.
"""

import json
import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Found in the server's virtual environment, not in the one where types are checked.
import numpy as np  # type: ignore[import-not-found, import-untyped, unused-ignore]
import onnx  # type: ignore[import-not-found, import-untyped, unused-ignore]
from ctranslate2.specs import transformer_spec  # type: ignore[import-not-found, import-untyped, unused-ignore]
from onnx import TensorProto, helper, numpy_helper  # type: ignore[import-not-found, import-untyped, unused-ignore]
from sentencepiece import sentencepiece_model_pb2  # type: ignore[import-not-found, import-untyped, unused-ignore]

from tests.support.words import PUNCTUATION, TO_JAPANESE, TO_SPANISH, WORDS

PLACES = 128
"""How many words of a sentence have a code of their own; a power of two."""
MAX_PLACES = 4 * PLACES
"""A sentence longer than this raises an error in CTranslate2; above PLACES its words get mixed up."""
SPECIAL = ("<unk>", "<s>", "</s>")
UNKNOWN, _, END = range(len(SPECIAL))
SHARPNESS = 40.0
"""By how much attention prefers the right place, before softmax: so that the others get nothing."""
CERTAINTY = 30.0
SENTENCE_ENDS = (".", "!", "?", "。", "！", "？")
SPACE = "▁"
"""How SentencePiece writes a space."""


@dataclass(frozen=True, slots=True)
class Direction:
    """One package: Argos codes ("zt" is traditional Chinese) with their names, and the words in SentencePiece form."""

    source: str
    source_name: str
    target: str
    target_name: str
    words: Mapping[str, str]


def directions() -> tuple[Direction, ...]:
    """Simplified and traditional Chinese, Spanish and Japanese to English, and back."""
    from_simplified = {simplified: english for simplified, _, english in reversed(WORDS)}
    from_traditional = {traditional: english for _, traditional, english in reversed(WORDS)}
    from_spanish = {spanish: english for english, spanish in TO_SPANISH.items()}
    from_japanese = {japanese: english for english, japanese in TO_JAPANESE.items()}
    return (
        Direction("zh", "Chinese", "en", "English", _from_chinese(from_simplified)),
        Direction("zt", "Chinese (traditional)", "en", "English", _from_chinese(from_traditional)),
        Direction("en", "English", "zh", "Chinese", _from_english(from_simplified)),
        Direction("en", "English", "zt", "Chinese (traditional)", _from_english(from_traditional)),
        Direction("es", "Spanish", "en", "English", _spaced(from_spanish)),
        Direction("en", "English", "es", "Spanish", _spaced(TO_SPANISH)),
        Direction("ja", "Japanese", "en", "English", _from_chinese(from_japanese)),
        Direction("en", "English", "ja", "Japanese", _from_english(from_japanese)),
    )


def _from_chinese(words: Mapping[str, str]) -> dict[str, str]:
    spaced = {chinese: SPACE + english.replace(" ", SPACE) for chinese, english in words.items()}
    return spaced | dict(PUNCTUATION) | {SPACE: SPACE}


def _from_english(words: Mapping[str, str]) -> dict[str, str]:
    """The words in lower case and capitalised; a phrase of several words is left out, since words are looked up."""
    single = {english: chinese for chinese, english in words.items() if " " not in english}
    capitalised = {english.capitalize(): chinese for english, chinese in single.items()}
    spaced = {SPACE + english: chinese for english, chinese in (capitalised | single).items()}
    return spaced | {latin: chinese for chinese, latin in PUNCTUATION} | {SPACE: SPACE}


def _spaced(words: Mapping[str, str]) -> dict[str, str]:
    """Words of two languages that both part them, in lower case and capitalised."""
    both = {**{word.capitalize(): other.capitalize() for word, other in words.items()}, **words}
    return {SPACE + word: SPACE + other for word, other in both.items()} | {SPACE: SPACE}


def build(folder: Path) -> list[Path]:
    """Write all packages, unpacked, into a folder that becomes ARGOS_PACKAGES_DIR; give their paths."""
    return [_write_package(folder, direction) for direction in directions()]


def _write_package(folder: Path, direction: Direction) -> Path:
    package = folder / f"translate-{direction.source}_{direction.target}-1_0"
    (package / "minisbd").mkdir(parents=True)
    _write_network(package / "model", direction.words)
    pieces = sorted(direction.words.keys() | set(direction.words.values()))
    # The tokenizer puts a space before the first word, as English and Spanish words have in the dictionary.
    _write_tokenizer(package / "sentencepiece.model", pieces, space_first=direction.source in ("en", "es"))
    _write_splitter(package / "minisbd" / "sentences.onnx", direction.source)
    about = {
        "package_version": "1.0",
        "argos_version": "1.9",
        "from_code": direction.source,
        "from_name": direction.source_name,
        "to_code": direction.target,
        "to_name": direction.target_name,
        "links": [],
    }
    (package / "metadata.json").write_text(json.dumps(about), encoding="utf-8")
    return package


def _write_network(path: Path, words: Mapping[str, str]) -> None:
    source = [*SPECIAL, *words]
    target = [*SPECIAL, *sorted(set(words.values()))]
    width = _multiple_of_8(len(source) + PLACES)
    plain: dict[str, Any] = {"pre_norm": True, "no_final_norm": True, "rms_norm": True}
    encoder = transformer_spec.TransformerEncoderSpec(1, 1, **plain)
    decoder = transformer_spec.TransformerDecoderSpec(1, 1, alignment_layer=0, alignment_heads=1, **plain)
    _fill_encoder(encoder, len(source), width)
    _fill_decoder(decoder, len(source), width, _dictionary(source, target, words, width))
    model = transformer_spec.TransformerSpec(encoder, decoder)
    model.register_source_vocabulary(source)
    model.register_target_vocabulary(target)
    model.config.bos_token, model.config.eos_token, model.config.unk_token = "<s>", "</s>", "<unk>"
    model.config.decoder_start_token = "<s>"
    model.config.add_source_eos = True
    model.validate()
    model.optimize()
    path.mkdir()
    model.save(str(path))


def _fill_encoder(encoder: Any, words: int, width: int) -> None:
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = _ones_on_diagonal(words, width, range(words))
    encoder.position_encodings.encodings = _places(words, width)
    _silence(encoder.layer[0], width)


def _fill_decoder(decoder: Any, words: int, width: int, dictionary: Any) -> None:
    decoder.scale_embeddings = False
    decoder.embeddings.weight = _zeros(len(dictionary), width)
    decoder.position_encodings.encodings = _places(words, width)
    _silence(decoder.layer[0], width)
    word_part = _ones_on_diagonal(width, width, range(words))
    place_part = _ones_on_diagonal(width, width, range(words, words + PLACES))
    # The norm before attention makes every entry of a code sqrt(width / PLACES), so two equal codes multiply to
    # PLACES times that; attention divides by sqrt(width).
    strength = SHARPNESS * math.sqrt(width) / (PLACES * math.sqrt(width / PLACES))
    attention = decoder.layer[0].attention
    attention.layer_norm.gamma = _zeros(width) + 1
    _set_linear(attention.linear[0], place_part * strength)  # queries: the place that is asked for
    _set_linear(attention.linear[1], np.concatenate([place_part, word_part]))  # keys: places, values: words
    _set_linear(attention.linear[2], word_part)
    _set_linear(decoder.projection, dictionary)


def _dictionary(source: list[str], target: list[str], words: Mapping[str, str], width: int) -> Any:
    """The output projection: one row for a target word, with the certainty at each source word that leads to it."""
    matrix = _zeros(len(target), width)
    row = {word: at for at, word in enumerate(target)}
    for at in (UNKNOWN, END):
        matrix[at, at] = CERTAINTY
    for at, word in enumerate(source[len(SPECIAL) :], start=len(SPECIAL)):
        matrix[row[words[word]], at] = CERTAINTY
    return matrix


def _silence(layer: Any, width: int) -> None:
    """Let self-attention and feed-forward of a layer add nothing to what goes through it."""
    layer.self_attention.layer_norm.gamma = _zeros(width) + 1
    _set_linear(layer.self_attention.linear[0], _zeros(3 * width, width))
    _set_linear(layer.self_attention.linear[1], _zeros(width, width))
    layer.ffn.layer_norm.gamma = _zeros(width) + 1
    _set_linear(layer.ffn.linear_0, _zeros(8, width))
    _set_linear(layer.ffn.linear_1, _zeros(width, 8))


def _places(words: int, width: int) -> Any:
    """The code of each place, in the dimensions after those of the words; the codes begin again after PLACES."""
    codes = np.ones((1, 1), np.float32)
    while len(codes) < PLACES:
        codes = np.block([[codes, codes], [codes, -codes]])
    matrix = _zeros(MAX_PLACES, width)
    matrix[:, words : words + PLACES] = np.tile(codes, (MAX_PLACES // PLACES, 1))
    return matrix


def _zeros(*shape: int) -> Any:
    return np.zeros(shape, np.float32)


def _ones_on_diagonal(rows: int, columns: int, places: Iterable[int]) -> Any:
    matrix = _zeros(rows, columns)
    for at in places:
        matrix[at, at] = 1
    return matrix


def _set_linear(layer: Any, weight: Any) -> None:
    layer.weight = weight.astype("float32")
    layer.bias = _zeros(len(weight))


def _multiple_of_8(number: int) -> int:
    return -(-number // 8) * 8


def _write_tokenizer(path: Path, pieces: list[str], *, space_first: bool) -> None:
    """A SentencePiece model that knows just these pieces and takes the longest that fit."""
    model = sentencepiece_model_pb2.ModelProto()
    kinds = sentencepiece_model_pb2.ModelProto.SentencePiece
    for piece, kind in zip(SPECIAL, (kinds.UNKNOWN, kinds.CONTROL, kinds.CONTROL), strict=True):
        model.pieces.add(piece=piece, score=0, type=kind)
    for piece in pieces:
        # Each piece costs about one, so fewer and longer ones win.
        model.pieces.add(piece=piece, score=-1.2 + 0.01 * min(len(piece), 20), type=kinds.NORMAL)
    trainer = model.trainer_spec
    trainer.model_type = sentencepiece_model_pb2.TrainerSpec.UNIGRAM
    trainer.vocab_size = len(model.pieces)
    trainer.unk_id, trainer.bos_id, trainer.eos_id, trainer.pad_id = 0, 1, 2, -1
    normalizer = model.normalizer_spec
    normalizer.name = "identity"
    normalizer.add_dummy_prefix = space_first
    normalizer.remove_extra_whitespaces = True
    normalizer.escape_whitespaces = True
    path.write_bytes(model.SerializeToString())


def _write_splitter(path: Path, language: str) -> None:
    """A MiniSBD model: a table from character to "ends a sentence" (class 2) or not (class 0)."""
    characters = ["<PAD>", "<UNK>", *SENTENCE_ENDS]
    classes = _zeros(len(characters), 3)
    classes[:, 0] = 1
    classes[-len(SENTENCE_ENDS) :, 2] = 5
    nodes = [
        helper.make_node("Gather", ["classes", "units"], ["looked_up"], axis=0),
        # The features say nothing that is needed here, but an input must be used.
        helper.make_node("ReduceSum", ["features", "last_axis"], ["summed"], keepdims=1),
        helper.make_node("Mul", ["summed", "nothing"], ["zero"]),
        helper.make_node("Add", ["looked_up", "zero"], ["out"]),
    ]
    inputs = [
        helper.make_tensor_value_info("units", TensorProto.INT64, ["batch", "length"]),
        helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", "length", 1]),
    ]
    outputs = [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["batch", "length", 3])]
    constants = [
        numpy_helper.from_array(classes, "classes"),
        numpy_helper.from_array(_zeros(1), "nothing"),
        numpy_helper.from_array(np.array([2], np.int64), "last_axis"),
    ]
    graph = helper.make_graph(nodes, "sentences", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, _splitter_properties(language, characters))
    onnx.save(model, str(path))


def _splitter_properties(language: str, characters: list[str]) -> dict[str, str]:
    numbers = {character: at for at, character in enumerate(characters)}
    vocabulary = {"lang": language, "idx": 0, "cutoff": 0, "lower": False}
    return {
        "lang_code": language,
        "config": json.dumps({"feat_funcs": ["end_of_para"], "batch_size": 8, "max_seqlen": 1000}),
        "vocab": json.dumps(vocabulary | {"_unit2id": numbers, "_id2unit": characters}),
    }


def main(arguments: list[str]) -> int:
    """Build the packages in the folder that is named; 2 when none is."""
    if len(arguments) != 1:
        print("usage: python -m tests.support.argos FOLDER", file=sys.stderr)
        return 2
    for package in build(Path(arguments[0])):
        size = sum(file.stat().st_size for file in package.rglob("*") if file.is_file())
        print(f"{package.name}: {size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
