"""What a fuzzer found, counted: verdicts by kind, and what is bad by its place."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from sandbox import Verdict

GOOD = ("error", "accepted", "same")
"""A clean error; a result, of which nothing more is known; the right result. All other kinds are bad."""
Found = Sequence[tuple[Any, Verdict]]


def bad(found: Found) -> Found:
    """The items that should not have ended as they did."""
    return [(item, verdict) for item, verdict in found if verdict.kind not in GOOD]


def table(found: Found) -> str:
    """Counts, and a line for each place of something bad."""
    counts = Counter(verdict.kind for _, verdict in found)
    lines = [f"{len(found)} inputs: {', '.join(f'{kind} {count}' for kind, count in counts.most_common())}"]
    places: dict[tuple[str, str], list[tuple[Any, str]]] = defaultdict(list)
    for item, verdict in bad(found):
        places[verdict.kind, verdict.note.split(": ")[0]].append((item, verdict.note))
    for (kind, _), items in sorted(places.items(), key=lambda place: -len(place[1])):
        lines.append(f"  {len(items):5} {kind}, such as number {items[0][0]}: {items[0][1][:300]}")
    return "\n".join(lines)
