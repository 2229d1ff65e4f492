"""The table of tests by endpoint is that of the code, and every endpoint has a test."""

from tests.docs import api_coverage


def test_the_table_of_tests_is_that_of_the_code() -> None:
    assert api_coverage.documented() == api_coverage.lines(), "run: python -m tests.docs.api_coverage"
