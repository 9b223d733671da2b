"""One row of each format of votes, with the fields that its makers document. X wins, unless a test says otherwise."""

import json


def said(*messages):
    return [
        {"role": role, "content": content} for role, content in zip(("user", "assistant") * 9, messages, strict=False)
    ]


LMSYS_33K = {
    "question_id": "58210e39b3fd4441a2bd4a518bb44c2d",
    "model_a": "X",
    "model_b": "Y",
    "winner": "model_a",
    "judge": "arena_user_973",
    "conversation_a": said("Why?", "Because."),
    "conversation_b": said("Why?", "No."),
    "turn": 1,
    "anony": True,
    "language": "English",
    "tstamp": 1682351591.1322,
    "openai_moderation": {"flagged": False},
    "toxic_chat_tag": {"t5-large": {"flagged": False, "score": 0.02}},
}
KAGGLE_55K = {
    "id": "30192",
    "model_a": "X",
    "model_b": "Y",
    "prompt": json.dumps(["Why?", "Sure?"]),
    "response_a": json.dumps(["Because.", None]),
    "response_b": json.dumps(["No.", "Yes."]),
    "winner_model_a": "1",
    "winner_model_b": "0",
    "winner_tie": "0",
}
ARENA_100K = LMSYS_33K | {
    "conversation_a": json.dumps(LMSYS_33K["conversation_a"]),
    "conversation_b": json.dumps(LMSYS_33K["conversation_b"]),
    "conv_metadata": "{}",
    "judge_hash": "abc",
    "is_code": False,
}
ARENA_100K.pop("judge")
ARENA_140K = {
    "id": "c4aa1e43-3b4d-4b71-9d6b-4d1c4a0f5b3a",
    "model_a": "X",
    "model_b": "Y",
    "winner": "model_a",
    "evaluation_session_id": "s-1",
    "evaluation_order": 1,
    "conversation_a": [
        {"role": "user", "content": [{"type": "text", "text": "Why?", "image": None, "mimeType": None}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Because.", "image": None, "mimeType": None}]},
    ],
    "conversation_b": said("Why?", "No."),
    "full_conversation": [],
    "conv_metadata": {"turns": 1},
    "language": "en",
    "is_code": False,
    "timestamp": "2025-06-01T10:00:00Z",
}
MT_BENCH = {
    "question_id": 81,
    "model_a": "X",
    "model_b": "Y",
    "winner": "model_a",
    "judge": "author_2",
    "conversation_a": said("Why?", "Because.", "Sure?", "Yes."),
    "conversation_b": said("Why?", "No.", "Sure?", "No."),
    "turn": 1,
}
MT_BENCH_PAIR = {
    "question_id": 81,
    "model_1": "X",
    "model_2": "Y",
    "g1_winner": "model_1",
    "g2_winner": "model_1",
    "judge": ["gpt-4", "pair-v2"],
    "turn": 1,
    "tstamp": 1687222812.2,
}
ANNOTATIONS = {
    "instruction": "Why?",
    "output_1": "Because.",
    "generator_1": "X",
    "output_2": "No.",
    "generator_2": "Y",
    "dataset": "koala",
    "annotator": "weighted_alpaca_eval_gpt4_turbo",
    "preference": 1.08,
}
AUTOARENA = {
    "prompt": "Why?",
    "model_a": "X",
    "model_b": "Y",
    "response_a": "Because.",
    "response_b": "No.",
    "judge": "Human",
    "winner": "A",
}
PLAIN = {"model_a": "X", "model_b": "Y", "winner": "model_a"}

SAMPLES = {
    "lmsys-33k": LMSYS_33K,
    "kaggle-55k": KAGGLE_55K,
    "arena-100k": ARENA_100K,
    "arena-140k": ARENA_140K,
    "mt-bench-judgments": MT_BENCH,
    "alpaca-eval-annotations": ANNOTATIONS,
    "autoarena": AUTOARENA,
    "csv": PLAIN,
}
