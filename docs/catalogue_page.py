"""The page of graph optimisations: what the level `basic` puts in the place of what, op by op, from the patterns' own words."""

import ast
import inspect
import re
import textwrap
from collections import defaultdict

from inferir.core import Pass, PassManager, discovery, make_context
from inferir.core.rewriting import Pattern

INTRODUCTION = """# Graph optimisation

What the level `basic` (`inference-basic`) replaces on any target, per op. A row is a pattern of a pass: the law it applies, and when it leaves the
op as it is. `infer-opt --why-not=PATTERN` says which of these holds at each op of a model. Passes without patterns follow the tables.
"""


def catalogue_page() -> str:
    """A table for each op that patterns look at, then the passes that are no patterns."""
    rows: dict[str, list[str]] = defaultdict(list)
    whole: list[str] = []
    for step in basic_passes():
        link = f"[{step.name}](passes/{step.name}.md)"
        if not step.patterns:
            whole.append(f"- {link}: {first_sentence(inspect.getdoc(inspect.getmodule(step)))}")
        for pattern in step.patterns:
            law, _, when = pattern.law.partition(" where ")
            unless = "; ".join(reasons(pattern))
            row = f"| {cell(law)} | {cell(when)} | {cell(unless)} | {link}: `{pattern.name}` |"
            for name in sorted({op_name(t) for t in pattern.op_types}) or ["any op"]:
                if row not in rows[name]:
                    rows[name].append(row)
    parts = [INTRODUCTION]
    for name in sorted(rows):
        parts.append(f"## {name}\n\n| from = to | when | not when | pattern |\n|---|---|---|---|\n" + "\n".join(rows[name]) + "\n")
    parts.append("## Whole functions\n\n" + "\n".join(dict.fromkeys(whole)) + "\n")
    return "\n".join(parts)


def basic_passes() -> list[type[Pass]]:
    """The passes of `basic` that work on the inference dialect, each once, in order."""
    names = [step.name for step in PassManager("inference-basic", make_context()).passes()]
    found = [discovery.find_pass(name) for name in dict.fromkeys(names)]
    return [step for step in found if ".framework." not in step.__module__]


def op_name(kind: type) -> str:
    """`conv` for inference.conv; the name of a family for a base class."""
    return (
        str(kind.__dict__["name"]).split(".", 1)[-1] if "name" in kind.__dict__ else f"every {kind.__name__.removesuffix('Op').lower()} op"
    )


def reasons(pattern: Pattern) -> list[str]:
    """The reasons that the pattern itself gives for declining."""
    returned = [n.value for n in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(pattern.function)))) if isinstance(n, ast.Return)]
    texts = [ast.unparse(v).lstrip("f")[1:-1] for v in returned if isinstance(v, ast.JoinedStr)]
    return [v.value for v in returned if isinstance(v, ast.Constant) and isinstance(v.value, str)] + texts


def first_sentence(text: str | None) -> str:
    """What comes before the first full stop or example."""
    return re.split(r"(?<=\.)\s|\n\n", (text or "").strip())[0].replace("\n", " ")


def cell(text: str) -> str:
    """Text inside a table."""
    return " ".join(text.split()).replace("|", "\\|")
