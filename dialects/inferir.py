"""The `inferir` dialect: what a module is compiled for.

  module attributes {inferir.target = #inferir.target<cpu, arch = "x86-64-v3", l2 = 524288 : i64, registers = 16 : i64, vector = 256 : i64>} { ... }

The attribute is written by a target (`infer-compile --cpu=...`) and read by every pass that chooses something about a machine, so that
a test or a reproducer carries the machine with it. What the facts mean is up to the kind of target (`inferir.dialects.cpu.machine`).
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import DictionaryAttr, ModuleOp, StringAttr
from xdsl.ir import Attribute, Dialect, Operation, ParametrizedAttribute
from xdsl.irdl import irdl_attr_definition, param_def
from xdsl.parser import AttrParser
from xdsl.printer import Printer

TARGET = "inferir.target"


@irdl_attr_definition
class TargetAttr(ParametrizedAttribute):
    """`#inferir.target<cpu, vector = 256 : i64>`: the kind of a target and facts about the machine, by name."""

    name = "inferir.target"
    kind: StringAttr = param_def()
    facts: DictionaryAttr = param_def()

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        """Read `<kind, fact = value, ...>`. Raises ParseError for a fact that is given twice."""
        facts: dict[str, Attribute] = {}
        with parser.in_angle_brackets():
            kind = parser.parse_identifier(" of a target's kind, such as cpu")
            while parser.parse_optional_punctuation(",") is not None:
                name = parser.parse_identifier(" of a fact, such as vector")
                if name in facts:
                    parser.raise_error(f"the target has '{name}' twice")
                parser.parse_punctuation("=")
                facts[name] = parser.parse_attribute()
        return [StringAttr(kind), DictionaryAttr(facts)]

    def print_parameters(self, printer: Printer) -> None:
        """Print `<kind, fact = value, ...>`, sorted by name."""
        with printer.in_angle_brackets():
            printer.print_string(self.kind.data)
            for name, value in sorted(self.facts.data.items()):
                printer.print_string(f", {name} = ")
                printer.print_attribute(value)


def target_of(op: Operation) -> TargetAttr | None:
    """The target of the outermost module around an op, None where it has none."""
    found = outermost(op).attributes.get(TARGET)
    return found if isinstance(found, TargetAttr) else None


def outermost(op: Operation) -> Operation:
    """The op that no other holds: the module."""
    while (parent := op.parent_op()) is not None:
        op = parent
    return op


def set_target(module: ModuleOp, target: TargetAttr) -> None:
    """Compile a module for a target."""
    module.attributes[TARGET] = target


Inferir = Dialect("inferir", [], [TargetAttr])
