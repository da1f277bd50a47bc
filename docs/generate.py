"""Write the reference pages from the definitions: one page per dialect, one per pass, one of all operators, one of all graph
optimisations, one of the Python API, and their index.

    make docs                                  # writes docs/dialects, docs/passes, docs/operators.md, docs/graph-optimisation.md
    .venv/bin/python docs/generate.py --check  # names the pages that differ from what would be written

A page holds nothing that is not in a docstring, a property, an option or a pattern; correct it there.
"""

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from api_page import api_page
from catalogue_page import catalogue_page
from op_examples import example_of
from operator_page import operator_page
from xdsl.ir import Dialect, Operation
from xdsl.irdl import OptOperandDef, VarOperandDef

from inferir.core import Op, Pass, PassManager, discovery, make_context

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
HEADER = "<!-- Written by `make docs` from the definitions: correct them there. -->\n\n"


def pages() -> dict[str, str]:
    """Every page by its path below docs/."""
    out = {name: HEADER + page() for name, page in SINGLE.items()}
    for name, factory in discovery.tree_dialects().items():
        out[f"dialects/{name}.md"] = HEADER + dialect_page(factory())
    for name in discovery.pass_modules():
        out[f"passes/{name}.md"] = HEADER + pass_page(discovery.find_pass(name))
    return out


def index() -> str:
    """Dialects, passes by stage and pipelines, a line each."""
    lines = ["# Reference", "", "## Dialects", ""]
    lines += [f"- [{name}](dialects/{name}.md): {summary(factory())}" for name, factory in discovery.tree_dialects().items()]
    stage = ""
    for name, module in sorted(discovery.pass_modules().items(), key=lambda item: (item[1].split(".")[2], item[0])):
        if module.split(".")[2] != stage:
            stage = module.split(".")[2]
            lines += ["", f"## Passes: {stage}", ""]
        lines.append(f"- [{name}](passes/{name}.md): {first_line(inspect.getdoc(importlib.import_module(module)))}")
    lines += ["", "## Pipelines", ""]
    for name, pipeline in discovery.tree_pipelines().items():
        steps = [step.name for step in PassManager(pipeline, make_context()).passes()]
        lines += [
            f"`{name}`: " + ", ".join(f"[{step}](passes/{step}.md)" if step in discovery.pass_modules() else step for step in steps),
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def summary(dialect: Dialect) -> str:
    """What the dialect's module says in its first line."""
    return first_line(inspect.getdoc(importlib.import_module(f"inferir.dialects.{dialect.name}")))


def first_line(text: str | None) -> str:
    """The first line of a docstring."""
    return (text or "").strip().split("\n")[0]


def dialect_page(dialect: Dialect) -> str:
    """The dialect's docstring, then every op and attribute."""
    module = importlib.import_module(f"inferir.dialects.{dialect.name}")
    ops = sorted(dialect.operations, key=lambda op: op.name)
    parts = [f"# The {dialect.name} dialect", prose(inspect.getdoc(module))]
    if ops:
        parts.append(" ".join(f"[{op.name.split('.', 1)[1]}](#{anchor(op.name)})" for op in ops))
    parts += [op_section(op) for op in ops]
    kinds = [a for a in dialect.attributes if a.__module__.startswith("inferir.")]
    if kinds:
        parts.append("## Attributes and types")
        parts += [f"### {a.name}\n\n{prose(inspect.getdoc(a))}" for a in sorted(kinds, key=lambda a: a.name)]
    return "\n\n".join(p for p in parts if p) + "\n"


def anchor(name: str) -> str:
    """The link target that a heading gets."""
    return re.sub(r"[^\w-]", "", name.lower())


def op_section(op: type[Operation]) -> str:
    """Heading, docstring, operands, properties, source."""
    rows = []
    if issubclass(op, Op):
        for name, definition in op.operand_definitions():
            kind = (
                "optional operand"
                if isinstance(definition, OptOperandDef)
                else "operands, any number"
                if isinstance(definition, VarOperandDef)
                else "operand"
            )
            rows.append(f"| `{name}` | {kind} | |")
        for name, declared in op.property_definitions().items():
            kind = " or ".join(declared.kind.choices) or declared.kind.name
            rows.append(f"| `{name}` | {kind} | {'' if declared.default is None else f'`{declared.default}`'} |")
    table = "\n".join(["| name | what | default |", "|---|---|---|", *rows]) if rows else ""
    traits = ", ".join(sorted({type(trait).__name__ for trait in op.traits}))
    facts = f"Traits: {traits}." if traits else ""
    return "\n\n".join(p for p in (f"## {op.name}", prose(inspect.getdoc(op)), example_of(op), table, facts, source_link(op)) if p)


def pass_page(step: type[Pass]) -> str:
    """The file's docstring, the reason for the pass, its options and the laws of its patterns."""
    module = importlib.import_module(step.__module__)
    parts = [f"# {step.name}", prose(inspect.getdoc(module))]
    if step.__doc__:
        parts.append(prose(inspect.getdoc(step)))
    if options := step.options():
        rows = [
            f"| `{o.name.replace('_', '-')}` | {getattr(o.type, '__name__', o.type)} | `{o.default}` | {o.help} |" for o in options.values()
        ]
        parts.append("\n".join(["| option | type | default | |", "|---|---|---|---|", *rows]))
    if laws := [f"- `{p.name}`: {first_line(p.law)}" for p in step.patterns]:
        parts.append("Patterns:\n\n" + "\n".join(laws))
    tests = ROOT / "tests" / "lit" / Path(*step.__module__.split(".")[1:-1]) / step.name
    links = [source_link(step)] + [
        f"Test: [{t.relative_to(ROOT)}](../../{t.relative_to(ROOT)})" for t in (tests.with_suffix(".mlir"), tests) if t.exists()
    ]
    return "\n\n".join(p for p in [*parts, *links] if p) + "\n"


def source_link(thing: type) -> str:
    """Where it is defined, relative to a page one folder below docs/."""
    file = Path(inspect.getfile(thing)).resolve()
    return f"Defined in [{file.relative_to(ROOT)}](../../{file.relative_to(ROOT)})." if file.is_relative_to(ROOT) else ""


def prose(text: str | None) -> str:
    """A docstring as Markdown: lines that hold IR, formulas or a layout table stay as they are, in a block of their own."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_blocks((text or "").strip().split("\n")))).strip()


def _blocks(lines: list[str]) -> Iterator[str]:
    inside = False
    for i, line in enumerate(lines):
        code = line.startswith("  ") or bool(re.match(r"[\w', ]+( {2,}|\[.*\] = | = )\S", line))
        if not line.strip():
            follows = next((ln for ln in lines[i + 1 :] if ln.strip()), "")
            code = inside and follows.startswith("  ")
        if code != inside:
            yield "```" if inside else "\n```"
            inside = code
        yield line
    if inside:
        yield "```"


SINGLE = {"reference.md": index, "operators.md": operator_page, "graph-optimisation.md": catalogue_page, "python-api.md": api_page}
"""The pages of which there is one."""


def main(argv: list[str]) -> int:
    """Write the pages, or with --check name those that are stale."""
    made = pages()
    standing = {
        str(f.relative_to(DOCS)): f.read_text(encoding="utf-8") for folder in ("dialects", "passes") for f in (DOCS / folder).glob("*.md")
    }
    for name in SINGLE:
        if (DOCS / name).exists():
            standing[name] = (DOCS / name).read_text(encoding="utf-8")
    stale = sorted(name for name in {*made, *standing} if made.get(name) != standing.get(name))
    if "--check" in argv:
        for name in stale:
            print(f"docs/{name} is stale: run make docs")
        return int(bool(stale))
    for name in stale:
        path = DOCS / name
        if name not in made:
            path.unlink()
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_text(made[name], encoding="utf-8")
    print(f"{len(made)} pages, {len(stale)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
