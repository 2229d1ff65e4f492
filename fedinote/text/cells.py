"""Cells of CSV files that people open in spreadsheets: what those would take for a formula is written as text.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def plain(text: str) -> str:
    """Return a cell that no spreadsheet calculates: with an apostrophe in front where it would be a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def meant(cell: str) -> str:
    """Return what `plain` was given; a cell that it did not write stays as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
