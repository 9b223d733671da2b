"""Readers of what is no table of votes, each as its makers document it, and with nulls and fields of tomorrow."""

import json
from typing import Any

import pytest

from arena.formats.refusals import MalformedFile, RefusedRow
from arena.formats.votes.base import TurnTexts
from arena.formats.votes.reading import VoteFile
from tests.formats.vote_samples import said


def read(folder, *rows, name="votes.jsonl", **options):
    path = folder / name
    is_list = name.endswith(".json")
    path.write_text(json.dumps(rows, indent=1) if is_list else "".join(f"{json.dumps(row)}\n" for row in rows))
    file = VoteFile(path, **options)
    found = [row if isinstance(row, RefusedRow) else row[1] for row in file.votes()]
    return file, found


def sides(votes):
    return [(vote.model_a, vote.model_b, vote.choice) for vote in votes]


MESSAGES = {
    "u": {"id": "u", "parentId": None, "childrenIds": ["m", "s"], "role": "user", "content": "Why?"},
    "m": {"id": "m", "parentId": "u", "childrenIds": [], "role": "assistant", "content": "So.", "model": "yak"},
    "s": {"id": "s", "parentId": "u", "childrenIds": [], "role": "assistant", "content": "No.", "model": "gnu"},
}
FEEDBACK: dict[str, Any] = {
    "id": "f1",
    "user_id": "ann",
    "version": 0,
    "type": "rating",
    "data": {"rating": 1, "model_id": "yak", "sibling_model_ids": ["gnu"], "reason": "other", "comment": ""},
    "meta": {"arena": True, "chat_id": "c", "message_id": "m", "message_index": 2, "model_id": "yak"},
    "snapshot": {"chat": {"id": "c", "chat": {"history": {"messages": MESSAGES, "currentId": "m"}}}},
    "created_at": 1930000000,
    "updated_at": 1930000000,
}


def feedback(**data):
    return FEEDBACK | {"data": FEEDBACK["data"] | data}


def test_open_webuis_thumb_is_a_win_over_each_sibling(tmp_path):
    rows = [FEEDBACK, feedback(rating=-1), feedback(rating="1", sibling_model_ids=["gnu", "kudu"])]
    file, votes = read(tmp_path, *rows, name="feedbacks.json")
    assert file.format.name == "open-webui"
    assert "no choice between two answers" in file.format.note
    assert sides(votes) == [
        ("yak", "gnu", "model_a"),
        ("yak", "gnu", "model_b"),
        ("yak", "gnu", "model_a"),
        ("yak", "kudu", "model_a"),
    ]
    assert (votes[0].id, votes[0].judge, votes[0].cast_at.year) == ("f1", "ann", 2031)
    assert votes[0].turns == (TurnTexts("Why?", "So.", "No."),)
    assert (votes[3].turns, file.without_texts) == ((), 1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (FEEDBACK | {"meta": {"arena": False}}, "saw the name"),
        (FEEDBACK | {"meta": None}, "saw the name"),
        (feedback(rating=None), "its rating is None"),
        (feedback(sibling_model_ids=[]), "names no other model"),
        (feedback(sibling_model_ids=None), "names no other model"),
        (FEEDBACK | {"data": None}, "names no other model"),
        (feedback(sibling_model_ids=["yak"]), "both models are 'yak'"),
        (feedback(model_id=None), "'model_id' is missing"),
    ],
)
def test_feedback_that_is_no_blind_comparison_is_rejected(tmp_path, row, reason):
    good = FEEDBACK | {"snapshot": None, "created_at": None, "id": None, "a field of tomorrow": {}}
    _, (rejected, vote) = read(tmp_path, row, good, name="feedbacks.json")
    assert reason in rejected.reason
    assert (vote.choice, vote.turns) == ("model_a", ())


def state(model, *messages, offset=0):
    speakers = ("USER", "ASSISTANT") * 9
    said = [[role, text] for role, text in zip(speakers, messages, strict=False)]
    return {
        "template_name": "one_shot",
        "messages": said,
        "offset": offset,
        "conv_id": f"c-{model}",
        "model_name": model,
    }


LOG: dict[str, Any] = {
    "tstamp": 1930000000.5,
    "type": "leftvote",
    "models": ["", ""],
    "states": [state("yak", "Why?", "So.", "Sure?", "Yes."), state("gnu", "Why?", "No.", "Sure?", "Hm.")],
    "ip": "203.0.113.9",
}


def test_fastchats_log_gives_its_blind_votes(tmp_path):
    kinds = ("leftvote", "rightvote", "tievote", "bothbad_vote")
    example = [
        state("yak", "What?", "That.", "Why?", "So.", offset=2),
        state("gnu", "Hi", "Ho", "Why?", "No.", offset=2),
    ]
    rows = [LOG | {"type": kind} for kind in kinds] + [LOG | {"models": ["Model A", "Model B"], "states": example}]
    file, votes = read(tmp_path, *rows, name="2031-02-28-conv.jsonl")
    assert file.format.name == "fastchat-log"
    assert [vote.choice for vote in votes] == ["model_a", "model_b", "tie", "both_bad", "model_a"]
    assert (votes[0].model_a, votes[0].model_b, votes[0].id) == ("yak", "gnu", "c-yak")
    assert votes[0].turns == (TurnTexts("Why?", "So.", "No."), TurnTexts("Sure?", "Yes.", "Hm."))
    assert votes[4].turns == (TurnTexts("Why?", "So.", "No."),)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "chat"}, "its type is 'chat'"),
        ({"type": None}, "its type is None"),
        ({"models": ["yak", "gnu"]}, "saw the names"),
        ({"models": [None, None]}, "saw the names"),
        ({"states": [state("yak", "Why?", " "), state("gnu", "Why?", "No.")]}, "blank or an error"),
        ({"states": [state("yak", "Why?", None), state("gnu", "Why?", "No.")]}, "blank or an error"),
        (
            {
                "states": [
                    state("yak", "Why?", "So."),
                    state("gnu", "Why?", "NETWORK ERROR DUE TO HIGH TRAFFIC. PLEASE"),
                ]
            },
            "blank or an error",
        ),
        ({"states": [state(None, "Why?", "So."), state("gnu", "Why?", "No.")]}, "'model_a' is missing"),
        ({"states": None}, "not the shape"),
    ],
)
def test_what_fastchat_itself_leaves_out_is_rejected(tmp_path, change, reason):
    _, (rejected, vote) = read(tmp_path, LOG | change, LOG | {"ip": None, "tstamp": None, "a field of tomorrow": 1})
    assert reason in rejected.reason
    assert (vote.choice, vote.judge, vote.cast_at) == ("model_a", "", None)


COMPARIA: dict[str, Any] = {
    "conversation_pair_id": "p-1",
    "model_a_name": "yak",
    "model_b_name": "gnu",
    "chosen_model_name": "gnu",
    "both_equal": False,
    "conversation_a": said("Pourquoi ?", "Parce que."),
    "conversation_b": said("Pourquoi ?", "Non."),
    "visitor_id": "v",
    "timestamp": "2031-01-01 10:00:00",
}


def test_comparias_votes_name_the_chosen_model_or_call_both_equal(tmp_path):
    rows = [
        COMPARIA,
        COMPARIA | {"chosen_model_name": None, "both_equal": True},
        COMPARIA | {"chosen_model_name": "yak"},
    ]
    file, votes = read(tmp_path, *rows)
    assert (file.format.name, [vote.choice for vote in votes]) == ("comparia-votes", ["model_b", "tie", "model_a"])
    assert votes[0].turns == (TurnTexts("Pourquoi ?", "Parce que.", "Non."),)
    assert (votes[0].id, votes[0].judge) == ("p-1", "v")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"chosen_model_name": None}, "or neither"),
        ({"both_equal": True}, "says both"),
        ({"chosen_model_name": "kudu"}, "neither of the two"),
        ({"model_b_name": None}, "'model_b_name' is missing"),
    ],
)
def test_a_vote_of_comparia_that_contradicts_itself_is_rejected(tmp_path, change, reason):
    nulls = dict.fromkeys(("conversation_a", "conversation_b", "visitor_id", "timestamp", "a field of tomorrow"))
    _, (rejected, vote) = read(tmp_path, COMPARIA | change, COMPARIA | nulls)
    assert reason in rejected.reason
    assert (vote.choice, vote.turns) == ("model_b", ())


def reaction(side, pair="p-1", **marks):
    names = ("liked", "disliked", "useful", "incorrect", "complete")
    return {key: COMPARIA[key] for key in ("model_a_name", "model_b_name", "visitor_id", "timestamp")} | {
        **dict.fromkeys(names),
        "model_pos": side,
        "conversation_pair_id": pair,
        **marks,
    }


def test_comparias_reactions_are_summed_up_by_conversation(tmp_path):
    rows = [
        reaction("a", liked=True, useful=True),
        reaction("b", "p-2", disliked=True, incorrect=True),
        reaction("b", liked=True),
        reaction("a", "p-3", liked=True),
        reaction("b", "p-3", liked=True, a_field_of_tomorrow=None),
        reaction(None),
        reaction("a", None, liked=True),
    ]
    file, found = read(tmp_path, *rows)
    assert "as Compar:IA ranks by them" in file.format.note
    assert [each.reason for each in found[:2]] == ["it does not say which answer it is about"] * 2
    assert [(vote.id, vote.choice) for vote in found[2:]] == [("p-1", "model_a"), ("p-2", "model_a"), ("p-3", "tie")]


JUDGMENT: dict[str, Any] = {
    "uid": "q1",
    "category": "hard",
    "judge": "gpt-9",
    "model": "yak",
    "baseline": "gnu",
    "games": [{"score": "A>>B", "judgment": {"answer": ""}}, {"score": "A>>B", "judgment": None}],
}


def games(*scores):
    return [{"score": score} for score in scores]


def test_arena_hards_two_games_are_two_votes_with_the_sides_swapped(tmp_path):
    rows = [JUDGMENT, JUDGMENT | {"games": games("A=B", "B>A")}, JUDGMENT | {"games": games("B>>A", "A>B")}]
    file, votes = read(tmp_path, *rows, name="yak.jsonl")
    assert "one win, not three" in file.format.note
    assert sides(votes) == [
        ("gnu", "yak", "model_a"),
        ("yak", "gnu", "model_a"),
        ("gnu", "yak", "tie"),
        ("yak", "gnu", "model_b"),
        ("gnu", "yak", "model_b"),
        ("yak", "gnu", "model_a"),
    ]
    assert (votes[0].id, votes[0].judge) == ("q1", "gpt-9")


def test_the_first_arena_hard_had_one_baseline_and_nulls_cost_their_game_only(tmp_path):
    first = {"question_id": "x", "model": "yak", "judge": "gpt-9", "games": [{"score": None}, {"score": "A>B"}]}
    _, (rejected, vote, *others) = read(tmp_path, first, JUDGMENT | {"games": None}, JUDGMENT | {"games": [None, None]})
    assert "no verdict in game 1" in rejected.reason
    assert (vote.model_a, vote.model_b, vote.choice, vote.id) == ("yak", "gpt-4-0314", "model_a", "x")
    assert [each.reason for each in others] == [
        "it has not two games",
        "its judge gave no verdict in game 1: None",
        "its judge gave no verdict in game 2: None",
    ]


def test_any_table_is_read_where_its_columns_and_words_are_told(tmp_path):
    row = {"First": "yak", "Second": "gnu", "Verdict": "2", "who": 7, "Q": "Why?", "A": "So.", "B": None}
    mapping = {"model_a": "First", "model_b": "Second", "winner": "Verdict", "judge": "who"}
    texts = {"prompt": "Q", "response_a": "A", "response_b": "B"}
    file, (vote,) = read(tmp_path, row, mapping=mapping | texts, words={"2": "model_b"})
    assert (file.format.name, vote.choice, vote.judge, vote.turns) == ("mapped", "model_b", "7", ())
    _, (vote,) = read(tmp_path, row | {"B": "No."}, mapping=mapping | texts, words={"2": "model_b"})
    assert vote.turns == (TurnTexts("Why?", "So.", "No."),)
    _, (vote,) = read(tmp_path, row, mapping=mapping, words={"2": "model_b"}, with_texts=False)
    assert vote.choice == "model_b"


def test_columns_with_their_own_names_need_no_mapping(tmp_path):
    row = {"Model A": "yak", "model_b": "gnu", "outcome": "A", "judge": "ann", "anony": True}
    _, (vote,) = read(tmp_path, row, mapping={"winner": "outcome"})
    assert (vote.model_a, vote.choice, vote.judge) == ("yak", "model_a", "ann")
    assert "saw the names" in read(tmp_path, row | {"anony": False}, mapping={"winner": "outcome"})[1][0].reason


def test_a_column_of_points_stands_for_the_winner(tmp_path):
    rows = [{"a": "yak", "b": "gnu", "p": points} for points in (1, 0.25, 0.5, "0", None, 7)]
    _, votes = read(tmp_path, *rows, mapping={"model_a": "a", "model_b": "b", "score": "p"})
    assert [(vote.choice, vote.score) for vote in votes[:4]] == [
        ("model_a", None),
        ("model_b", 0.25),
        ("tie", None),
        ("model_b", None),
    ]
    assert ["is missing" in votes[4].reason, "not between 0 and 1" in votes[5].reason] == [True, True]


@pytest.mark.parametrize(
    ("mapping", "missing"),
    [({"model_a": "x"}, "'x'"), ({"model_a": "a"}, "'model_b', 'winner'"), ({"id": "a"}, "'mod")],
)
def test_a_mapping_to_what_is_not_there_says_what_is(tmp_path, mapping, missing):
    with pytest.raises(MalformedFile, match=rf"lacks the columns {missing}.*it has 'a', 'c'.*--mapping"):
        read(tmp_path, {"a": "yak", "c": "gnu"}, mapping=mapping)
