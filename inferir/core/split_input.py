"""The parts of a file between whole `// -----` lines."""

from __future__ import annotations

MARKER = "// -----"


def split(text: str, marker: str = MARKER) -> list[tuple[int, str]]:
    """The parts, each with the line it begins at."""
    chunks: list[tuple[int, str]] = []
    first, rows = 1, []
    for number, row in enumerate(text.splitlines(keepends=True), 1):
        if row.strip() == marker:
            chunks.append((first, "".join(rows)))
            first, rows = number + 1, []
        else:
            rows.append(row)
    chunks.append((first, "".join(rows)))
    return chunks
