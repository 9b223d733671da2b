import pytest

from arena.backends import backend
from arena.backends.base import Completion, Decoding, GenerationFailed, Message, Request, Unavailable
from arena.backends.recorded import RecordedBackend
from tests.backends.asking import Steps, pieces_of


def request(**options):
    return Request((Message("user", "Why is the sky blue?"),), Decoding(), seed=1, options=options)


class Replay:
    """One replay to its end: its pieces, the seconds it slept, its completion."""

    def __init__(self, text, *, rate=None):
        self.slept = []
        stream = RecordedBackend(sleep=noting(self.slept), rate=rate).stream(request(text=text))
        self.pieces, self.completion = pieces_of(stream)


def noting(slept):
    async def sleep(seconds):
        slept.append(seconds)

    return sleep


@pytest.mark.parametrize("text", ["Light scatters. " * 40, "파란 하늘 👩‍👩‍👧 e\u0301", "x"])
@pytest.mark.parametrize("rate", [3, 25, 240, 100_000])
def test_the_pieces_join_into_the_text(text, rate):
    replay = Replay(text, rate=rate)
    assert "".join(replay.pieces) == text
    assert replay.completion == Completion("stop")


def test_the_pace_is_the_given_rate_in_ticks_of_a_tenth_of_a_second():
    replay = Replay("x" * 480, rate=240)
    assert set(replay.slept) == {0.1}
    assert [len(piece) for piece in replay.pieces] == [24] * 20


def test_the_rate_is_a_setting_unless_given(settings):
    settings.RECORDED_RATE = 100.0
    assert [len(piece) for piece in Replay("x" * 25).pieces] == [10, 10, 5]


def test_a_rate_that_is_no_multiple_of_a_tick_is_kept_over_time():
    assert len(Replay("x" * 250, rate=25).slept) == 100


def test_a_replay_slower_than_a_character_a_tick_gives_a_sign_of_life_each_tick():
    assert Replay("ab", rate=5).pieces == ["", "a", "", "b"]


def test_an_empty_text_is_no_answer():
    with pytest.raises(GenerationFailed, match="said nothing"):
        Replay("")


def test_closing_ends_the_replay():
    slept = []
    stream = Steps(RecordedBackend(sleep=noting(slept), rate=240).stream(request(text="x" * 1000)))
    next(stream)
    stream.close()
    assert (list(stream), len(slept)) == ([], 1)


@pytest.mark.parametrize("options", [{}, {"text": None}])
def test_a_request_without_a_text_is_unavailable(options):
    with pytest.raises(Unavailable):
        pieces_of(RecordedBackend().stream(request(**options)))


def test_a_rate_of_nothing_is_unavailable_and_not_a_replay_without_end():
    with pytest.raises(Unavailable, match="above 0"):
        Replay("x", rate=0)


def test_recorded_answers_take_no_window_and_need_no_warm_up():
    assert backend("recorded").count_tokens(request(text="long " * 9000)) == 0
    backend("recorded").warm_up({})
