import pytest

from arena.formats.cells import plain_cells


@pytest.mark.parametrize("name", ["=1+1", "+cmd|'/C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "-", "--", "-1e5"])
def test_a_name_that_a_spreadsheet_would_run_gets_an_apostrophe(name):
    assert plain_cells([name]) == [f"'{name}"]


@pytest.mark.parametrize("cell", ["ZEBRA-7", "a=b", "", "'quoted'", "-12.3", "+4", "-0.0", -12.3, None])
def test_other_names_and_all_numbers_stay_as_they_are(cell):
    assert plain_cells([cell]) == [cell]
