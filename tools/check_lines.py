"""The CHECK lines of a test, from the text that went into infer-opt and the text that came out.

Of a function that changed, the lines name what is new in it, what that is computed from, and what it returns; of one that
stayed as it was, all its ops. Values are captured by name, so that numbering may change; numbers too long to read are left open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

NOTE = "// Checks written by infer-opt --emit-test; infer-update-checks renews them."
LONGEST = 48
"""Characters of a constant that a check shows."""

_ESCAPED = {"[": r"\[", "]": r"\]", "{": "[{]", "}": "[}]"}
_VALUE = re.compile(r"%[A-Za-z0-9_.$-]+")
_HEAD = re.compile(r"^(\s*)(?!builtin\.module\b|module\b)([\w.]+(?: private| public)? @[\w.$-]+)\b(.*)\{\s*$")
_RESULTS = re.compile(r"^\s*(%[A-Za-z0-9_.$-]+(?::\d+)?(?:, *%[A-Za-z0-9_.$-]+(?::\d+)?)*) = ")
_OP = re.compile(r'^\s*(?:%[^=]*= )?"?([a-z_]\w*\.\w[\w.]*)')


@dataclass
class Function:
    """A function of a printed module: its header up to the name, the rest of the header, and the lines inside."""

    name: str
    header: str
    lines: list[str] = field(default_factory=list)
    at: int = 0
    """The line its header stands in, from 0."""


def functions(text: str) -> list[Function]:
    """The functions (and other ops with a symbol and a body) of a printed module, in order."""
    found: list[Function] = []
    indent: str | None = None
    for at, line in enumerate(text.splitlines()):
        head = _HEAD.match(line) if indent is None else None
        if head is not None:
            found.append(Function(head[2], head[3], at=at))
            indent = head[1]
        elif indent is not None and line.startswith(f"{indent}}}"):
            indent = None
        elif indent is not None:
            found[-1].lines.append(line)
    return found


def checks(before: str, after: str, prefix: str = "CHECK") -> list[tuple[str, list[str]]]:
    """For every function of `after` its name and the check lines, as comments without indentation."""
    given = {f.name: f for f in functions(before)}
    return [(f.name, [f"// {line}" for line in _of_function(given.get(f.name), f, prefix)]) for f in functions(after)]


def _of_function(before: Function | None, after: Function, prefix: str) -> Iterator[str]:
    new = _touched(before.lines if before is not None else [], after.lines)
    wanted = _with_sources(after.lines, new)
    names = _Names()
    used = set(_VALUE.findall("\n".join(after.lines[i] for i in wanted)))
    arguments = _arguments(after.header)
    while arguments and arguments[-1][0] not in used:  # those before a used one stay: a check finds the first that fits
        arguments.pop()
    yield f"{prefix}-LABEL: {after.name}{after.header[:1].strip()}"
    for name, type in arguments:
        yield f"{prefix}{'-SAME:':<10}%{names.define(name, '[a-zA-Z0-9_.]+')}: {escaped(type)}"
    gone = _ops(before.lines if before is not None else []) - _ops(after.lines)
    for op in sorted(gone):
        yield f"{prefix}{'-NOT:':<10}{op}{{{{ }}}}"
    last = None
    for index in wanted:
        kind = "-NEXT:" if last is not None and _inside(after.lines, last, index) else ":"
        yield f"{prefix}{kind:<10}{' ' * (_depth(after.lines, index) * 2)}{names.line(after.lines[index])}"
        last = index


def _touched(before: Sequence[str], after: Sequence[str]) -> list[int]:
    """The positions of lines that were not there before, whatever their values were called; all where nothing changed."""
    known = Counter(_plain(line) for line in before)
    found = []
    for index, line in enumerate(after):
        if known[_plain(line)] > 0:
            known[_plain(line)] -= 1
        else:
            found.append(index)
    return found or list(range(len(after)))


def _with_sources(lines: Sequence[str], wanted: Sequence[int]) -> list[int]:
    """Those lines, the ones that define what they use, the lines around and inside them, and the last."""
    defined = {name.partition(":")[0]: i for i, line in enumerate(lines) for name in _defined(line)}
    last = max((i for i, line in enumerate(lines) if line.strip()), default=0)
    keep = {*wanted, last} if lines else set()
    for index in sorted(keep):
        keep.update(_statement(lines, index))
    for index in sorted(keep):
        for name in _VALUE.findall(lines[index]):
            keep.update(_statement(lines, defined[name])[:1] if name in defined else ())
    alike = {escaped(_plain(lines[index])) for index in keep}
    for index in range(last):  # or a check would find the first of two lines that look the same
        if escaped(_plain(lines[index])) in alike:
            keep.update(_statement(lines, index))
    return sorted(keep)


def _statement(lines: Sequence[str], index: int) -> range:
    """The lines of the op that a line belongs to: its first, what is inside its braces, its last."""
    outer = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    first = index
    while first > 0 and (len(lines[first]) - len(lines[first].lstrip()) > outer or lines[first].lstrip().startswith("}")):
        first -= 1
    end = first + 1
    while end < len(lines) and (len(lines[end]) - len(lines[end].lstrip()) > outer or lines[end].lstrip().startswith("}")):
        end += 1
    return range(first, end)


def _inside(lines: Sequence[str], last: int, index: int) -> bool:
    return index == last + 1 and index in _statement(lines, last)


def _depth(lines: Sequence[str], index: int) -> int:
    outer = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return max(0, (len(lines[index]) - len(lines[index].lstrip()) - outer) // 2)


def _defined(line: str) -> list[str]:
    results = _RESULTS.match(line)
    return results[1].replace(" ", "").split(",") if results is not None else []


def _plain(line: str) -> str:
    return _VALUE.sub("%", line.strip())


def _ops(lines: Sequence[str]) -> set[str]:
    """The names of the ops, constants excepted: they come and go with what uses them."""
    found = {m[1] for line in lines if (m := _OP.match(line))}
    return {name for name in found if not name.endswith("constant")}


def _arguments(header: str) -> list[tuple[str, str]]:
    """(name, type) of the arguments of a function."""
    return re.findall(r"(%[A-Za-z0-9_.$-]+): ([\w!.]+(?:<[^<>]*(?:<[^<>]*(?:<[^<>]*>)?[^<>]*>[^<>]*)*>)?)", header)


class _Names:
    """The captures of one function: `%0` becomes `%[[RELU:.+]]` where it is defined and `%[[RELU]]` where it is used."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def define(self, value: str, pattern: str = ".+", hint: str = "") -> str:
        """A new capture, named after the value, or after the op where the value has a number only."""
        base = re.sub(r"\W", "_", value[1:]).strip("_").upper()
        if not base or base[0].isdigit() or re.fullmatch(r"C?\d+|ARG\d*", base):
            base = hint.upper() or f"ARG{''.join(c for c in base if c.isdigit())}"
        name, count = base, 1
        while name in self.known.values():
            count += 1
            name = f"{base}_{count}"
        self.known[value] = name
        return f"[[{name}:{pattern}]]"

    def line(self, line: str) -> str:
        """A line of the text as a check."""
        text = line.strip()
        op = _OP.match(line)
        hint = op[1].rpartition(".")[2] if op is not None else "value"
        defined = [name.partition(":")[0] for name in _defined(line)]
        results = _RESULTS.match(text)
        out = ""
        if results is not None:
            out = ", ".join(f"%{self.define(name, hint=hint)}" for name in defined) + " = "
            text = text[results.end() :]
        at = 0
        for match in _VALUE.finditer(text):
            out += escaped(text[at : match.start()])
            out += self._use(match[0], text, match.end())
            at = match.end()
        return out + escaped(text[at:])

    def _use(self, value: str, text: str, end: int) -> str:
        """A value inside a line; the argument of a block is defined there, others that no check defined are left open."""
        if value in self.known:
            return f"%[[{self.known[value]}]]"
        heads_block = text.startswith("^") or text.endswith("{")
        if heads_block and re.match(r"\s*(:|=)", text[end:]):
            return f"%{self.define(value, '[a-zA-Z0-9_.]+', 'value')}"
        return "%{{[a-zA-Z0-9_.]+}}"


def escaped(text: str) -> str:
    """Text that filecheck takes as it stands; constants that are too long to read are left open."""
    text = re.sub(r"dense<([^<>]*)>", lambda m: m[0] if len(m[1]) <= LONGEST else "dense<\0>", text)
    text = re.sub(r"[\[\]{}]{2,}", lambda m: f"{{{{{''.join(_ESCAPED[c] for c in m[0])}}}}}", text)
    return text.replace("\0", "{{.*}}")


def with_checks(source: str, blocks: Sequence[tuple[str, list[str]]]) -> str:
    """The source with every block before the function it is about.

    A function that is only in the output is checked before the next one that is in both; where the order differs, all
    checks come first.
    """
    places = {f.name: f.at for f in functions(source)}
    order = [places[name] for name, _ in blocks if name in places]
    lines = source.splitlines()
    top = next((i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("//")), len(lines))
    at: dict[int, list[str]] = {}
    waiting: list[str] = []
    for name, block in blocks:
        waiting += block
        if name in places and order == sorted(order):
            at.setdefault(places[name], []).extend(waiting)
            waiting = []
    if waiting:
        at.setdefault(order[-1] if at else top, []).extend(waiting)
    out: list[str] = []
    for index, line in enumerate([*lines, None]):
        indent = line[: len(line) - len(line.lstrip())] if line is not None else ""
        if index in at and out and out[-1].strip() == "}":
            out.append("")
        out += [indent + check for check in at.get(index, ())]
        if line is not None:
            out.append(line)
    return "\n".join(out) + "\n"


def without_checks(source: str, prefixes: Sequence[str]) -> str:
    """The source without the check lines of these prefixes."""
    names = "|".join(map(re.escape, prefixes))
    directive = re.compile(rf"^\s*//\s*(?:{names})(?:-[A-Z]+(?:-\d+)?)?:")
    return "".join(line for line in source.splitlines(keepends=True) if not directive.match(line))
