"""The reference pages are what the definitions say; `make docs` writes them."""

import generate


def test_no_page_is_stale(capsys):
    assert generate.main(["--check"]) == 0, capsys.readouterr().out
