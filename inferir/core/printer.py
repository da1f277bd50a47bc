"""Writing IR text, with mlir-opt's printing options."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import StringIO
from typing import IO, Any

from xdsl.dialects.builtin import (
    CallSiteLoc,
    DenseIntOrFPElementsAttr,
    FileLineColLoc,
    FusedLoc,
    NameLoc,
    UnknownLoc,
)
from xdsl.ir import Attribute, Dialect, Operation, OpResult, Region, SSAValue
from xdsl.printer import Printer

from inferir.core import stock_fixes  # noqa: F401
from inferir.core.diagnostics import InferError
from inferir.core.fast_printer import FastPrinter
from inferir.core.walk import root_of

LOCATIONS = (CallSiteLoc, FileLineColLoc, FusedLoc, NameLoc, UnknownLoc)
ELIDED = "__elided__"


@dataclass(frozen=True)
class PrintOptions:
    """How IR is printed; the names are mlir-opt's flags."""

    generic: bool = False
    debuginfo: bool = False
    pretty_debuginfo: bool = False
    """Locations as `"file":line:column` without the `loc(...)` that a parser needs."""
    local_scope: bool = False
    """Locations in place rather than by alias."""
    elide_elements_larger: int | None = None
    elide_resources_larger: int | None = None
    skip_regions: bool = False
    value_users: bool = False
    unique_ssa_ids: bool = False
    nameloc_as_prefix: bool = False
    hex_elements_larger: int | None = None
    """Dense constants of more elements are one hexadecimal string; -1 for none, None for the usual limit."""


PLAIN = PrintOptions()
GENERIC = PrintOptions(generic=True)


def print_module(
    op: Operation, stream: IO[str], generic: bool = False, debuginfo: bool = False, options: PrintOptions | None = None, ctx: Any = None
) -> None:
    """Write an operation as text, with a newline at the end. With `ctx`, the resources it refers to follow."""
    stream.write(text_of(op, generic, debuginfo, options, ctx))


def text_of(op: Operation, generic: bool = False, debuginfo: bool = False, options: PrintOptions | None = None, ctx: Any = None) -> str:
    """An operation as text. Raises InferError for names that are not UTF-8, as those of files may be."""
    try:
        return _text_of(op, generic, debuginfo, options, ctx)
    except UnicodeEncodeError as problem:
        raise InferError(f"{problem.object[:200]!r} is not UTF-8 text, which IR text is") from None


def text_in_place(op: Operation) -> str:
    """An operation as the module around it prints it: every value has the name that it has there."""
    root = root_of(op)
    if root is op:
        return text_of(op).rstrip("\n")
    around = InferPrinter(StringIO())
    around.print_op(root)
    stream = StringIO()
    printer = InferPrinter(stream)
    printer.adopt_names(around)
    printer.print_op(op)
    return stream.getvalue()


def _text_of(op: Operation, generic: bool, debuginfo: bool, options: PrintOptions | None, ctx: Any) -> str:
    options = replace(options or PLAIN, generic=generic) if generic else options or PLAIN
    options = replace(options, debuginfo=True) if debuginfo else options
    dialects: Iterable[Dialect] = ctx.loaded_dialects if ctx is not None else ()
    if options in (PLAIN, GENERIC):
        fast = FastPrinter(options.generic)
        fast.print_op(op)
        if dialects:
            fast.print_metadata(dialects)
        return fast.text() + "\n"
    stream = StringIO()
    printer = InferPrinter(stream, options)
    if options.value_users:
        first = InferPrinter(StringIO(), replace(options, value_users=False))
        first.print_op(op)
        printer.adopt_names(first)
    printer.print_op(op)
    printer.finish(dialects)
    return stream.getvalue() + "\n"


class InferPrinter(Printer):
    """xDSL's printer with mlir-opt's options."""

    def __init__(self, stream: IO[str], options: PrintOptions = PLAIN):
        super().__init__(stream, print_generic_format=options.generic, print_debuginfo=options.debuginfo)
        self.options = options
        self._aliases: dict[Attribute, str] = {}
        self._alias_texts: list[str] = []
        self._given: dict[SSAValue, str] | None = None

    def adopt_names(self, other: InferPrinter) -> None:
        """Print every value under the name another printer gave it."""
        self._given = dict(other._ssa_values)

    def finish(self, dialects: Iterable[Dialect]) -> None:
        """Print what stands after the op: aliases of locations, resources."""
        for text in self._alias_texts:
            self._print_new_line()
            self.print_string(text)
        limit = self.options.elide_resources_larger
        if self._dialect_resources and limit is not None:
            self._print_elided_resources(dialects, limit)
        elif dialects:
            self.print_metadata(dialects)

    def _print_elided_resources(self, dialects: Iterable[Dialect], limit: int) -> None:
        """Resources whose text is longer than the limit are left out, their keys stay in the IR."""
        from xdsl.dialect_interfaces.op_asm import OpAsmDialectInterface

        for dialect in dialects:
            handles = self._dialect_resources.get(dialect.name)
            interface = dialect.get_interface(OpAsmDialectInterface)
            if handles and interface is not None:
                short = {h for h in handles if len(interface.build_resources({h}).get(h, "")) <= limit}
                self._dialect_resources[dialect.name] = short
        self.print_metadata(dialects)

    def print_attribute(self, attribute: Attribute) -> None:
        """Print an attribute or type; locations by alias, large elements elided when asked."""
        if isinstance(attribute, LOCATIONS) and not self.printing_location and not self.options.local_scope:
            self._print_location(attribute)
            return
        limit = self.options.elide_elements_larger
        if limit is not None and isinstance(attribute, DenseIntOrFPElementsAttr) and len(attribute) > limit and not attribute.is_splat():
            self.print_string(f"dense_resource<{ELIDED}> : ")
            self.print_attribute(attribute.type)
            return
        super().print_attribute(attribute)

    def _print_location(self, location: Attribute) -> None:
        if self.options.pretty_debuginfo:
            self.printing_location = True
            super().print_attribute(location)
            self.printing_location = False
            return
        alias = self._aliases.get(location)
        if alias is None:
            number = len(self._aliases)
            alias = self._aliases[location] = f"#loc{number or ''}"
            buffer = StringIO()
            inner = Printer(buffer)
            inner.print_attribute(location)
            self._alias_texts.append(f"{alias} = {buffer.getvalue()}")
        self.print_string(f"loc({alias})")

    def print_ssa_value(self, value: SSAValue) -> str:
        """Print a value's name, giving it one where it has none."""
        if value not in self._ssa_values:
            if self._given is not None and value in self._given:
                self._ssa_values[value] = self._given[value]
            elif self.options.nameloc_as_prefix and (name := _name_of(value)) is not None:
                count = self.ssa_names.get(name, 0)
                self.ssa_names[name] = count + 1
                self._ssa_values[value] = f"{name}_{count}" if count else name
        return super().print_ssa_value(value)

    def exit_scope(self) -> None:
        """Names of an isolated op may be used again after it, unless they are to be unique."""
        ids, blocks, names = self._next_valid_name_id[-1], self._next_valid_block_id[-1], self._ssa_names[-1]
        super().exit_scope()
        if self.options.unique_ssa_ids:
            self._next_valid_name_id[-1], self._next_valid_block_id[-1] = ids, blocks
            self._ssa_names[-1].update(names)

    def print_region(
        self, region: Region, print_entry_block_args: bool = True, print_empty_block: bool = True, print_block_terminators: bool = True
    ) -> None:
        """Print a region, or `{...}` where regions are skipped."""
        if self.options.skip_regions and region.blocks:
            self.print_string("{...}")
            return
        super().print_region(region, print_entry_block_args, print_empty_block, print_block_terminators)

    def print_op(self, op: Operation) -> None:
        """Print an operation; with `value_users`, who uses its results follows as a comment."""
        super().print_op(op)
        if self.options.value_users and self._given is not None and op.results:
            users = [u for r in op.results for u in self._users(r)]
            self.print_string(f"  // {'users' if len(users) > 1 else 'user'}: {', '.join(users)}" if users else "  // unused")

    def _users(self, value: SSAValue) -> list[str]:
        assert self._given is not None
        found = []
        for use in value.uses:
            user = use.operation
            found.append(f"%{self._given.get(user.results[0], '?')}" if user.results else f"({user.name})")
        return list(dict.fromkeys(reversed(found)))


def _name_of(value: SSAValue) -> str | None:
    location = value.op.location if isinstance(value, OpResult) else getattr(value, "location", None)
    if not isinstance(location, NameLoc):
        return None
    name = "".join(c if c.isalnum() or c in "_$.-" else "_" for c in location.desc.data)
    return name if name and not name[0].isdigit() and SSAValue.is_valid_name(name) else None
