import os
import time
from pathlib import Path

import pytest

from arena.moderation.pii import redact
from benchmarks.pii import MAKERS, prompts_of, recall


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Write to jo.d+x@example.co.uk.", "Write to [email]."),
        ("Card 4111 1111 1111 1111, please", "Card [card], please"),
        ("Card 5500-0000-0000-0004", "Card [card]"),
        ("To DE89 3704 0044 0532 0130 00", "To [iban]"),
        ("To GB29NWBK60161331926819.", "To [iban]."),
        ("IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX", "IBAN [iban] BIC COBADEFFXXX"),
        ("NL91 ABNA 0417 1643 00 GB29 NWBK 6016 1331 9268 19", "[iban] [iban]"),
        ("4111 1111 1111 1111 12/27, 3782-822463-10005 123", "[card] 12/27, [card] 123"),
        ("Call +49 30 901820", "Call [phone]"),
        ("Call +1 (555) 123-4567 or 555-123-4567", "Call [phone] or [phone]"),
        ("(030) 1234567 and 010-1234-5678", "[phone] and [phone]"),
        ("key sk-abcDEF1234567890abcDEF12", "key [key]"),
        ("AKIAIOSFODNN7EXAMPLE", "[key]"),
        ("hf_abcdefghijklmnopqrstuvwxyz", "[key]"),
        ("de89370400440532013000 or DE89-3704-0044-0532-0130-00", "[iban] or [iban]"),
        ("612 34 56 78, 98765 43210, 06 12 34 56 78", "[phone], [phone], [phone]"),
        ("(11) 91234-5678 and 8 (912) 345-67-89", "[phone] and [phone]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nend", "[key]\nend"),
    ],
)
def test_what_tells_who_someone_is_becomes_a_mark(text, redacted):
    found, counts = redact(text)
    assert found == redacted
    assert sum(counts.values()) == redacted.count("[")


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112 has a wrong check digit, 0000 0000 0000 0000 is none",
        "GB29NWBK60161331926818 has wrong check digits",
        "ZZ89370400440532013000 is no country, DE893704004405320130001 too long",
        "On 2023-04-24 at 12:33, from 192.168.100.200, version 1.2.3",
        "pi is 3.14159265358979 and ISBN 978-3-16-148410-0",
        "0 1 2 3 4 5 6 7 8 9 10, 0.1 0.2 0.3, f(10) = 20 30 40 50",
        "2147483647 is the largest, 1700000000 a time, 299792458 m/s, 6.02214076 10 23, 12 345 678 people",
        "Card 7992 7398 7130 0000 is no card's, order 1234-5678-9012",
        "@handle, a@b, x = y@z, print('%s@' % name), sk-learn",
    ],
)
def test_what_only_looks_like_it_stays(text):
    assert redact(text)[0] == text


@pytest.mark.parametrize("kind", MAKERS)
def test_nearly_all_of_a_thousand_strings_of_each_kind_are_found(kind):
    assert recall(kind) >= 0.95


@pytest.mark.skipif("ARENA_EXTRA_DATA" not in os.environ, reason="ARENA_EXTRA_DATA is not set")
def test_hardly_a_prompt_of_public_sets_is_taken_for_personal_data():
    files = Path(os.environ["ARENA_EXTRA_DATA"], "prompts").glob("*.jsonl")
    prompts = [prompt for file in files for prompt in prompts_of(file)]
    assert len(prompts) == 415
    assert sum(redact(prompt)[1].total() > 0 for prompt in prompts) <= 0.01 * len(prompts)


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "AA11 A ",
        "DE89 3704 0044 0532 0130 0 ",
        "a@",
        "A1",
        "0-",
        "a.",
        "eyJ",
        "-----BEGIN PRIVATE KEY-----",
        "(0",
    ],
)
def test_no_text_takes_long(piece):
    start = time.process_time()
    redact(piece * 20_000)
    assert time.process_time() - start < 2
