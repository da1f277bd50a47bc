"""What python filecheck lets through in silence: each rule is shown on a bad file, then all of tests/lit must keep them all.

Also: every pass file and every op has its lit test, in a file whose name mirrors the source.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIT = ROOT / "tests" / "lit"
FILES = sorted(p for p in LIT.rglob("*") if p.suffix in (".mlir", ".test") and not {"Inputs", "Output"} & set(p.parts))

SUFFIX = r"(?:-(?:NEXT|SAME|DAG|NOT|LABEL|EMPTY|COUNT-\d+))?(?:\{LITERAL\})?"
LIT_KEYWORDS = ("RUN", "COM")  # lit's ways to leave a test out or to expect its failure are not used here
CHECKERS = r"\bfilecheck\b|--verify-diagnostics|\bdiff\b|\bcmp\b"


def runs(text: str) -> list[str]:
    """The RUN lines of a file, continuations joined."""
    found, joined = re.findall(r"^\s*(?://|#)\s*RUN:(.*)$", text, re.MULTILINE), []
    while found:
        line = found.pop(0)
        while line.rstrip().endswith("\\") and found:
            line = line.rstrip()[:-1] + found.pop(0)
        joined.append(line.strip())
    return joined


def prefixes(lines: list[str]) -> list[str]:
    """The check prefixes that the RUN lines name, CHECK where filecheck has no option."""
    used = []
    for command in re.findall(r"\bfilecheck\b[^|&;]*", " | ".join(lines)):
        named = re.findall(r"--?check-prefix(?:es)?[= ](\S+)", command)
        used += ",".join(named).split(",") if named else ["CHECK"]
    return list(dict.fromkeys(used))


def directives(text: str, prefix: str) -> Iterator[tuple[int, str, str]]:
    """(line number, kind, pattern) of each directive of a prefix; the kind of a plain one is ''."""
    for number, line in enumerate(text.splitlines(), 1):
        if (m := re.search(rf"(?:^|[^\w-]){re.escape(prefix)}({SUFFIX}):(.*)", line)) and not re.search(r"\bRUN:", line):
            yield number, m[1].lstrip("-"), m[2]


def complaints(text: str) -> list[str]:
    """All that is wrong with one test file."""
    lines = runs(text)
    if not lines:
        return ["no RUN line"]
    found = [f"nothing looks at what this prints: {r}" for r in lines if not re.search(CHECKERS + r"| > | -o ", r)]
    if not re.search(CHECKERS, " ".join(lines)):
        found.append("no RUN line checks anything")
    used = prefixes(lines)
    known = re.compile("|".join([re.escape(k) for k in LIT_KEYWORDS] + [re.escape(p) + SUFFIX for p in used]))
    for number, line in enumerate(text.splitlines(), 1):
        m = re.match(r"\s*(?://|#)\s*([A-Z][A-Z0-9_.]*(?:[-_][A-Za-z0-9_-]*)?(?:\{LITERAL\})?)\s*:", line)
        if m and not known.fullmatch(m[1]):
            found.append(f"line {number}: {m[1]} is not a directive of {', '.join(used) or 'any RUN line'}")
        if re.match(rf"\s*(?://|#)\s*(?:{'|'.join(map(re.escape, used)) or 'CHECK'}){SUFFIX}\s+[^:\s]+\s*[%=(]", line):
            found.append(f"line {number}: a directive without its colon")
    for prefix in used:
        mine = list(directives(text, prefix))
        if not mine:
            found.append(f"prefix {prefix} has no directive")
        elif mine[0][1] in ("NEXT", "SAME", "EMPTY"):
            found.append(f"line {mine[0][0]}: {prefix}-{mine[0][1]} has nothing before it")
        found += [f"line {n}: a variable in {prefix}-LABEL" for n, kind, pattern in mine if kind == "LABEL" and "[[" in pattern]
        found += leaks(mine)
    return found


def leaks(mine: list[tuple[int, str, str]]) -> Iterator[str]:
    """Uses of a local variable (no $) that only a block before the last LABEL defines: filecheck does not clear them."""
    defined: set[str] = set()
    for number, kind, pattern in mine:
        if kind == "LABEL":
            defined = set()
        for name, is_definition in re.findall(r"\[\[(?:# *)?([A-Za-z_]\w*)(:?)", pattern):
            if is_definition:
                defined.add(name)
            elif name not in defined:
                yield f"line {number}: [[{name}]] is not defined since the last LABEL"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("// CHECK: x", "no RUN line"),
        ("// RUN: infer-opt %s", "no RUN line checks anything"),
        ("// RUN: infer-opt %s\n// RUN: infer-opt %s | filecheck %s\n// CHECK: x", "nothing looks at what this prints: infer-opt %s"),
        ("// RUN: infer-opt %s | filecheck %s\n// CHECK: x\n// CHECK_SAME: y", "line 3: CHECK_SAME is not a directive of CHECK"),
        ("// RUN: infer-opt %s | filecheck %s\n// CHECK: x\n// CHECK-DAG-NOT: y", "line 3: CHECK-DAG-NOT is not a directive of CHECK"),
        ("// RUN: infer-opt %s | filecheck %s\n// CHECK: x\n// CHEKC: y", "line 3: CHEKC is not a directive of CHECK"),
        ("// XFAIL: *\n// RUN: infer-opt %s | filecheck %s\n// CHECK: x", "line 1: XFAIL is not a directive of CHECK"),
        ("// RUN: infer-opt %s | filecheck %s\n// CHECK: x\n// CHECK-NOT inference.conv %0", "line 3: a directive without its colon"),
        ("// RUN: infer-opt %s | filecheck %s --check-prefixes=A,B\n// A: x", "prefix B has no directive"),
        ("// RUN: infer-opt %s | filecheck %s\n// CHECK-NEXT: x", "line 2: CHECK-NEXT has nothing before it"),
        ("// RUN: infer-opt %s | filecheck %s\n// CHECK-LABEL: @[[F:.*]]", "line 2: a variable in CHECK-LABEL"),
        (
            "// RUN: infer-opt %s | filecheck %s\n// CHECK-LABEL: @f\n// CHECK: %[[X:.*]] =\n// CHECK-LABEL: @g\n// CHECK: use %[[X]]",
            "line 5: [[X]] is not defined since the last LABEL",
        ),
    ],
)
def test_each_rule_is_caught(text: str, complaint: str):
    assert complaint in complaints(text)


def test_a_good_file_passes():
    good = "// RUN: infer-opt %s | \\\n// RUN:   filecheck %s\n// CHECK-LABEL: @f\n// CHECK-SAME: %[[X:.*]]: f32\n// CHECK-NOT: add\n// CHECK: return %[[X]]"
    assert complaints(good) == []


@pytest.mark.parametrize("file", FILES, ids=lambda p: str(p.relative_to(LIT)))
def test_file_keeps_the_rules(file: Path):
    assert complaints(file.read_text(encoding="utf-8")) == []


def classes(folder: Path) -> Iterator[tuple[Path, ast.ClassDef]]:
    """Every class under a folder with its file, read without importing."""
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield file, node


def test_every_pass_has_a_lit_test_of_its_name():
    files = {f for f, node in classes(ROOT / "passes") if any(isinstance(b, ast.Name) and b.id == "Pass" for b in node.bases)}
    missing = []
    for file in sorted(files):
        mirror = LIT / file.relative_to(ROOT).parent / file.stem.replace("_", "-")
        if not (mirror.with_suffix(".mlir").exists() or list(mirror.glob("*.mlir"))):
            missing.append(str(mirror.with_suffix(".mlir").relative_to(ROOT)))
    assert missing == []


def test_every_op_has_a_lit_test_in_its_dialects_folder():
    missing = []
    for _file, node in classes(ROOT / "dialects"):
        for statement in node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id="name")], value=ast.Constant(value=str(name))) if "." in name and node.name.endswith(
                    "Op"
                ):
                    tests = (LIT / "dialects" / name.split(".")[0]).rglob("*.mlir")
                    if not any(re.search(rf"\b{re.escape(name)}\b", t.read_text(encoding="utf-8")) for t in tests):
                        missing.append(name)
    assert missing == []
