"""The sources of the framework dialect, found by folder: `dialects/framework/<source>/` defines one `SOURCE`.

    SOURCE = Source(domains={"toy": ""}, table=lambda: table_of({"ops": [{"name": "Twice", ...}]}))

Nothing lists the sources: a folder that is there is one. Namespaces of two sources must differ.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from xdsl.ir import Attribute, OpTraits
from xdsl.traits import Pure, RecursiveMemoryEffect

from inferir.core.diagnostics import InferError
from inferir.dialects.framework.schema import Table

if TYPE_CHECKING:
    from inferir.dialects.framework.source_op import SourceOp

_PACKAGE = "inferir.dialects.framework"


def _no_name(type: Attribute) -> str | None:
    """The type namer of a source whose tables say nothing of types."""
    return None


def _nothing_more(op: SourceOp) -> None:
    """The verifier hook of a source whose table says it all."""


@dataclass(frozen=True, eq=False)
class Source:
    """What a source adds to the dialect."""

    domains: Mapping[str, str]
    """Namespace within the dialect -> domain in the table: `framework.onnx_ml.X` is row `X` of domain `ai.onnx.ml`."""
    table: Callable[[], Table]
    """The table of operators, read when first asked for."""
    type_name: Callable[[Attribute], str | None] = _no_name
    """How the table spells a type; None for one that it has no name for, which is then not held against it."""
    verify: Callable[[SourceOp], None] = _nothing_more
    """What is checked of an operator beyond the table. Raises InferError."""
    rule_domains: Mapping[str, str] = field(default_factory=dict)
    """The domain that rules name, where it is not the namespace."""
    _classes: dict[str, type[SourceOp] | None] = field(default_factory=dict)

    def op_class(self, namespace: str, name: str) -> type[SourceOp] | None:
        """The class of an operator, made when first asked for; None for one the table does not have."""
        full = f"framework.{namespace}.{name}"
        if full not in self._classes:
            self._classes[full] = self._made(full, namespace, name)
        return self._classes[full]

    def _made(self, full: str, namespace: str, name: str) -> type[SourceOp] | None:
        from inferir.dialects.framework.source_op import source_op_class

        schemas = self.table().schemas(self.domains[namespace], name)
        if not schemas:
            return None
        cls = source_op_class(full, schemas, self)
        newest = schemas[max(schemas)]
        if newest.graphs:
            cls.traits = OpTraits(lambda: (RecursiveMemoryEffect(),))
        elif newest.pure:
            cls.traits = OpTraits(lambda: (Pure(),))
        return cls

    def full_names(self) -> Iterator[str]:
        """The names of all operators of the table."""
        for namespace, domain in self.domains.items():
            yield from (f"framework.{namespace}.{name}" for name in self.table().names(domain))


def sources() -> dict[str, Source]:
    """The sources by folder name."""
    return _sources(tuple(importlib.import_module(_PACKAGE).__path__))


@cache
def _sources(folders: tuple[str, ...]) -> dict[str, Source]:
    names = sorted(m.name for m in pkgutil.iter_modules(folders) if m.ispkg)
    return {name: importlib.import_module(f"{_PACKAGE}.{name}").SOURCE for name in names}


def source_of_namespace(namespace: str) -> tuple[str, Source] | None:
    """Folder name and source that a namespace belongs to, None where no source has it."""
    found = [(name, source) for name, source in sources().items() if namespace in source.domains]
    if len(found) > 1:
        raise InferError(f"framework.{namespace} is a namespace of two sources: {found[0][0]} and {found[1][0]}")
    return found[0] if found else None


def find_op(full_name: str) -> type[SourceOp] | None:
    """The class of `framework.onnx.Conv`, None where there is no such operator."""
    _, _, inner = full_name.partition(".")
    namespace, _, name = inner.partition(".")
    found = source_of_namespace(namespace) if name else None
    return found[1].op_class(namespace, name) if found else None


def rule_domain(namespace: str) -> str:
    """The domain that rules name for the operators of a namespace."""
    found = source_of_namespace(namespace)
    return found[1].rule_domains.get(namespace, namespace) if found else namespace
