"""Follow every link of the built site, and count the clicks from the front page to what a new user looks for.

.venv/bin/python docs/check_site.py build/site
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

WANTED = {
    "install": "install/index.html",
    "first pass": "tutorial/your-first-lowering-pass/index.html",
    "op list": "dialects/inference/index.html",
    "pass list": "reference/index.html",
    "Python API": "python-api/index.html",
    "performance": "performance/index.html",
}
CLICKS = 2


class Html(HTMLParser):
    """The links of a page and the places in it that links may name."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each tag."""
        for key, value in attrs:
            if key in ("href", "src") and value and tag != "base":
                self.links.append(value)
            elif key in ("id", "name") and value:
                self.names.add(value)


def main(folder: Path) -> int:
    """Print what is wrong; 0 where nothing is."""
    pages = {file: Html(file.read_text(encoding="utf-8")) for file in sorted(folder.rglob("*.html"))}
    wrong, leads = [], {}
    for file, page in pages.items():
        found = [(link, resolved(folder, file, link)) for link in page.links]
        leads[file] = {target for _, place in found if place is not None for target in [place[0]] if target in pages}
        for link, place in found:
            if place is None or file.name == "404.html":
                continue
            target, name = place
            if not target.exists():
                wrong.append(f"{file.relative_to(folder)}: {link} leads nowhere")
            elif name and target in pages and name not in pages[target].names:
                wrong.append(f"{file.relative_to(folder)}: {link}: there is no such place on that page")
    reached, edge = {folder / "index.html"}, {folder / "index.html"}
    for _ in range(CLICKS):
        edge = {target for file in edge for target in leads[file]} - reached
        reached |= edge
    wrong += [f"{what} is more than {CLICKS} clicks from the front page" for what, path in WANTED.items() if folder / path not in reached]
    print("\n".join(wrong) or f"{len(pages)} pages, {sum(len(p.links) for p in pages.values())} links, none leads nowhere")
    return int(bool(wrong))


def resolved(folder: Path, file: Path, link: str) -> tuple[Path, str] | None:
    """The file and the place in it that a link leads to; None for one that leaves the site."""
    address, name = urldefrag(link)
    if urlparse(address).scheme or address.startswith("//"):
        return None
    path = unquote(urlparse(address).path)
    target = file if not path else (folder / path.lstrip("/") if path.startswith("/") else file.parent / path).resolve()
    return (target / "index.html" if target.is_dir() else target), unquote(name)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
