"""mkdocs' hook: files of the tree that pages link to become pages of the site, and links lead there.

`[activation.py](../dialects/inference/activation.py)` on a page leads to a page of the site with that file's text. Files of documentation outside docs/
(README, CONTRIBUTING) become pages of their own, and what they link to is followed too.
"""

# mkdocs is there for `make site` only.
# pyright: reportMissingImports=false

import os
import re
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "tree"
LINK = re.compile(r"(?<!!)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")
LANGUAGES = {".py": "python", ".mlir": "text", ".toml": "toml", ".json": "json", ".sh": "sh"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for every file that a page links to, directly or through others."""
    waiting = [f for f in files if f.is_documentation_page()]
    while waiting:
        file = waiting.pop()
        for target in LINK.findall(file.content_string):
            path = target_of(file.src_uri, target[0])
            name = page_of(path)
            if name is None or files.get_file_from_path(name) is not None or not (ROOT / path).exists():
                continue
            made = File.generated(config, name, content=shown(ROOT / path))
            files.append(made)
            if path.suffix == ".md":
                waiting.append(made)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links to files of the tree lead to their pages."""

    def led(match: re.Match[str]) -> str:
        name = page_of(target_of(page.file.src_uri, match[1]))
        here = os.path.dirname(page.file.src_uri)
        return match[0] if name is None else f"]({os.path.relpath(name, here or '.')}{match[2] or ''})"

    return LINK.sub(led, markdown)


def source_of(src_uri: str) -> PurePosixPath:
    """The path, in the tree, of the file that a page of the site shows."""
    inside = PurePosixPath(src_uri)
    return PurePosixPath(*inside.parts[1:]) if inside.parts[0] == FOLDER else PurePosixPath("docs") / inside


def target_of(src_uri: str, link: str) -> PurePosixPath:
    """The path, in the tree, that a link on a page leads to."""
    return PurePosixPath(os.path.normpath(source_of(src_uri).parent / link))


def page_of(path: PurePosixPath) -> str | None:
    """The page of the site for a path of the tree; None for one that leads out of it."""
    if path.parts[0] == "..":
        return None
    if path.parts[0] == "docs" and path.suffix != ".py":
        return str(PurePosixPath(*path.parts[1:]))
    return f"{FOLDER}/{path}" if path.suffix == ".md" else f"{FOLDER}/{path}.md"


def shown(path: Path) -> str:
    """A file as a page: documentation as it is, a folder as the list of what it holds, anything else as a block of code that search leaves out."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    head = f"---\nsearch:\n  exclude: true\n---\n\n# {path.relative_to(ROOT)}\n\n"
    if path.is_dir():
        return head + "\n".join(f"- {f.name}" for f in sorted(path.iterdir()) if f.name[0] not in "._")
    return f"{head}``````{LANGUAGES.get(path.suffix, 'text')}\n{path.read_text(encoding='utf-8', errors='replace')}\n``````\n"
