"""The package as it is installed."""

from pathlib import Path

import inferir


def test_links_resolve():
    package = Path(inferir.__file__).parent
    for folder in ("dialects", "passes", "frontends", "backends", "tools"):
        assert (package / folder / "__init__.py").is_file(), f"inferir/{folder} must lead to ../{folder}"
