"""May B replace A? As a caller of the function asks, and as a person or CI types it."""

import hashlib
import json
import re

import numpy as np
import pytest

from ratings import Comparisons, Outcome, decision_words
from ratings.__main__ import main
from ratings.anytime import Error, Gap
from ratings.contrasts import MANY
from ratings.decide import BadMargin, Verdict, decide, forecast, verdict
from ratings.errors import RatingsError


def gap(points, *, deviation=10.0, freedom=MANY):
    return Gap(points, (Error(deviation), Error(deviation, freedom)), one_vote=348.0)


def between(wins, losses, ties=0):
    """Votes between the models 0 and 1, as the first sees them."""
    outcome = [Outcome.MODEL_A] * wins + [Outcome.MODEL_B] * losses + [Outcome.TIE] * ties
    return Comparisons(np.zeros(len(outcome), int), np.ones(len(outcome), int), outcome=outcome, n_models=2)


def decided(votes, **asked):
    return decide(votes, candidate=0, baseline=1, **asked)


@pytest.mark.parametrize(
    ("points", "found"),
    [(60, Verdict.BETTER), (40, Verdict.UNDECIDED), (-60, Verdict.WORSE), (-40, Verdict.UNDECIDED)],
)
def test_better_and_worse_are_beyond_the_margin_by_the_whole_band(points, found):
    assert verdict(gap(points), margin=20) == found


def test_practically_equal_is_within_the_margin_by_the_whole_band():
    assert verdict(gap(5), margin=50) == Verdict.EQUAL
    assert verdict(gap(5), margin=30) == Verdict.UNDECIDED
    assert verdict(gap(0, deviation=1), margin=0) == Verdict.UNDECIDED


def test_so_few_people_decide_nothing_however_clear_it_looks():
    assert verdict(gap(500, freedom=3.4), margin=20) == Verdict.UNDECIDED
    assert verdict(gap(500, freedom=3.5), margin=20) == Verdict.BETTER
    assert forecast(gap(30, freedom=3.4), margin=20) == 0


@pytest.mark.parametrize("margin", [-1, float("nan"), float("inf")])
def test_a_margin_that_is_none_is_refused(margin):
    with pytest.raises(BadMargin, match="at least 0 points"):
        verdict(gap(1), margin=margin)


def test_the_verdict_turns_with_the_sides():
    votes = between(260, 140)
    assert decide(votes, candidate=0, baseline=1).verdict == Verdict.BETTER
    assert decide(votes, candidate=1, baseline=0).verdict == Verdict.WORSE
    assert decided(between(2600, 2600), margin=20).verdict == Verdict.EQUAL


def test_an_open_question_tells_the_chance_that_more_votes_close_it():
    found = decided(between(60, 40))
    assert found.verdict == Verdict.UNDECIDED
    few, many = (decided(between(60, 40), more=more).chance for more in (20, 2000))
    assert 0 < few < found.chance < many < 1
    assert decided(between(60, 40)) == found
    assert decided(between(260, 140)).chance is None


def test_more_votes_of_the_same_people_bring_little_where_people_differ():
    people = np.arange(400) % 40  # each of one mind: 28 for the first model, 12 for the second
    votes = between(280, 120)
    votes = Comparisons(votes.a, votes.b, outcome=np.where(people < 28, 0, 1), n_models=2)
    alone, alike = decided(votes), decided(votes, voter=people)
    assert (alone.verdict, alike.verdict) == (Verdict.BETTER, Verdict.UNDECIDED)
    assert alike.gap.clusters == pytest.approx(40, abs=0.1)
    assert alike.chance < 0.02
    assert alike.chance_by_new_people > 0.1
    said = decision_words.verdict_sentence(alike, "owl", "fox")
    assert re.fullmatch(r"Not decided: with 200 more .* is less than 1%, or \d\d% by new people\.", said)


def test_who_wins_every_vote_is_better_before_long_and_not_at_once():
    assert [decided(between(wins, 0)).verdict for wins in (5, 20, 45)] == ["not decided", "not decided", "better"]
    assert decided(between(45, 0)).is_one_sided
    assert decided(between(0, 45)).verdict == Verdict.WORSE
    assert decided(between(45, 0), voter=np.arange(45) % 9).verdict == Verdict.BETTER
    assert not decided(between(45, 1)).is_one_sided


def test_models_that_no_vote_connects_are_not_decided():
    votes = Comparisons([0, 2, 2], [2, 0, 3], outcome=[0, 0, 2], n_models=4)
    found = decide(votes, candidate=0, baseline=1)
    assert (found.verdict, found.gap, found.chance) == (Verdict.UNDECIDED, None, None)
    assert not found.is_not_worse


def test_one_person_cannot_decide():
    with pytest.raises(RatingsError, match="of one voter"):
        decided(between(200, 10), voter=np.zeros(210, int))
    others = Comparisons([0] * 50 + [2, 2], [1] * 50 + [3, 3], outcome=[0] * 40 + [1] * 10 + [0, 1], n_models=4)
    with pytest.raises(RatingsError, match="of one voter"):
        decide(others, candidate=0, baseline=1, voter=np.array([7] * 50 + [8, 9]))


NAMES = {"owl-2": 0.75, "fox-1": 0.1, "gpt-mini": 0.0}


@pytest.fixture
def file(tmp_path):
    rng, lines = np.random.default_rng(3), ["model_a,model_b,winner,voter,prompt"]
    for number in range(900):
        a, b = rng.permutation(list(NAMES))[:2]
        won = rng.random() < 1 / (1 + np.exp(NAMES[b] - NAMES[a]))
        lines.append(f"{a},{b},{'model_a' if won else 'model_b'},v{number % 40},p{number % 60}")
    path = tmp_path / "votes.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def run(capsys, *typed):
    code = main(["decide", *map(str, typed)])
    out, err = capsys.readouterr()
    return code, out, err


def ask(candidate, baseline, *more):
    return ("--candidate", candidate, "--baseline", baseline, *more)


def test_each_verdict_has_an_exit_code(capsys, file):
    assert run(capsys, file, *ask("owl-2", "gpt-mini"))[0] == 0
    assert run(capsys, file, *ask("gpt-mini", "owl-2"))[0] == 1
    assert run(capsys, file, *ask("fox-1", "gpt-mini", "--margin", 150))[0] == 3
    code, out, err = run(capsys, file, *ask("fox-1", "gpt-mini", "--voter", "voter", "--prompt", "prompt"))
    assert (code, err) == (4, "")
    assert re.match(r"Not decided: with 200 more votes between the two there is a .*% chance that it will be\.\n", out)
    assert re.search(r"in all, of \d+ people or prompts\.", out)


def test_better_is_said_with_both_bands_and_the_margin(capsys, file):
    out = run(capsys, file, *ask("owl-2", "gpt-mini"))[1].splitlines()
    assert out[0] == "owl-2 is better than gpt-mini, by more than 20 points."
    assert out[2].startswith("Each vote is taken for another person's")
    assert "Each vote" not in run(capsys, file, *ask("owl-2", "gpt-mini", "--voter", "voter"))[1]
    assert re.match(r"owl-2 is \d+ points ahead of gpt-mini \(95% interval \+\d+ to \+\d+, watched \+\d+ to", out[1])


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (ask("gpt", "owl-2"), "no vote names the candidate 'gpt'; did you mean gpt-mini?"),
        (ask("owl-2", "Owl2"), "no vote names the baseline 'Owl2'; did you mean owl-2?"),
        (ask("zebra", "owl-2"), "no vote names the candidate 'zebra'; the votes name fox-1, gpt-mini, owl-2"),
        (ask("owl-2", "owl-2"), "owl-2 is both the candidate and the baseline"),
        (ask("owl-2", "fox-1", "--margin", "-3"), "the margin is -3; it must be at least 0 points"),
        (ask("owl-2", "fox-1", "--more", "0"), "--more is 0; it must be at least 1 vote"),
        (
            ask("owl-2", "fox-1", "--record", "x.txt"),
            "--record is x.txt; the record is a page, so its name ends in .html",
        ),
        (ask("owl-2", "fox-1", "--record", "/nowhere/x.html"), "/nowhere/x.html: No such file or directory"),
        (ask("owl-2", "fox-1", "--voter", "who"), "has no column who; it has model_a, model_b, winner, voter, prompt"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_a_sentence(capsys, file, typed, says):
    code, out, err = run(capsys, file, *typed)
    assert (code, out) == (2, "")
    assert err.rstrip("\n").endswith(says)


def test_a_file_without_votes_is_refused(capsys, tmp_path):
    (tmp_path / "none.csv").write_text("model_a,model_b,winner\n")
    assert run(capsys, tmp_path / "none.csv", *ask("a", "b")) == (2, "", "none.csv: no rows\n")
    assert "there is no file" in run(capsys, tmp_path / "gone.csv", *ask("a", "b"))[2]
    (tmp_path / "bad.csv").write_text("model_a,model_b,winner\na,b,perhaps\n")
    assert "bad.csv: no row is a vote; row 1" in run(capsys, tmp_path / "bad.csv", *ask("a", "b"))[2]


def test_rows_that_are_no_votes_are_told_and_counted_in_the_record(capsys, tmp_path):
    rows = ["a,b,model_a", "a,b,perhaps", "a,b,model_b"]
    (tmp_path / "votes.csv").write_text("\n".join(["model_a,model_b,winner", *rows]))
    code, out, err = run(capsys, tmp_path / "votes.csv", *ask("a", "b", "--json"))
    assert (code, json.loads(out)["votes"]["rejected_rows"]) == (4, 1)
    assert "votes.csv: 1 of 3 rows are rejected" in err


def test_the_record_stands_alone_with_date_hashes_and_policy(capsys, file, tmp_path):
    path = tmp_path / "decision.html"
    code, _, err = run(capsys, file, *ask("owl-2", "gpt-mini", "--voter", "voter", "--record", path))
    page = path.read_bytes()
    assert code == 0
    assert hashlib.sha256(page).hexdigest() in err
    text = page.decode()
    assert "owl-2 is better than gpt-mini, by more than 20 points." in text
    assert not re.search(r"(?:src|href)=|@import|url\(|<script", text)
    shown = re.search(r"<pre>(.*)</pre>", text, re.DOTALL)[1].replace("&quot;", '"').replace("&#x27;", "'")
    assert hashlib.sha256(shown.encode()).hexdigest() in text
    facts = json.loads(shown)
    assert facts["votes"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", facts["made"]["at"])
    assert facts["policy"]["interval"] == "HC3 and CR3 by voter with Student's t, the widest"
    assert {"code", "python", "numpy", "scipy", "by"} <= facts["made"].keys()


def test_a_name_cannot_write_into_the_record(capsys, tmp_path):
    rows = ["<script>alert(1)</script>,b,model_a", "b,<script>alert(1)</script>,model_a"] * 5
    (tmp_path / "votes.csv").write_text("\n".join(["model_a,model_b,winner", *rows]))
    path = tmp_path / "r.html"
    run(capsys, tmp_path / "votes.csv", *ask("<script>alert(1)</script>", "b", "--record", path))
    assert "<script" not in path.read_text()


def test_the_object_has_what_the_sentences_say(capsys, file):
    code, out, _ = run(capsys, file, *ask("owl-2", "fox-1", "--json"))
    found = json.loads(out)
    assert (code, found["verdict"], found["margin"]) == (0, "better", 20)
    low, high = found["gap"]["watched"]
    assert low < found["gap"]["interval"][0] < found["gap"]["points"] < found["gap"]["interval"][1] < high
