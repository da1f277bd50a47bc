"""infer-lsp-server: an editor's helper for IR text, over the language server protocol on stdin and stdout.

    infer-lsp-server            # what an editor starts; needs pip install 'inferir[lsp]'

Errors while typing; on hover an op's documentation and types, a value's type, a pass's page; go to the definition of values, symbols, ops and passes.
`docs/editor.md` shows how to set up an editor.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import unquote, urlparse

import inferir
from inferir.tools.command_line import CommandLine, UsageError, exit_status
from inferir.tools.console import console
from inferir.tools.ir_source import IrSource, Place, Problem
from inferir.tools.rendered_errors import rendered


def main(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Serve until the editor leaves."""
    return exit_status("infer-lsp-server", stderr, lambda: _serve(argv, stdin, stdout))


def _serve(argv: Sequence[str], stdin: TextIO, stdout: TextIO) -> None:
    parser = CommandLine(
        "infer-lsp-server", "Serve an editor over the language server protocol.", "infer-lsp-server  (started by the editor)"
    )
    parser.add_argument("--stdio", action="store_true", help="talk over stdin and stdout: what it does anyway; editors pass it")
    parser.add_plugin()
    args = parser.parse(argv, stdout)
    if args is not None:
        with rendered("infer-lsp-server", {}, args.plugin):
            make_server().start_io(stdin.buffer, stdout.buffer)  # pyright: ignore[reportAttributeAccessIssue]


def make_server() -> Any:
    """The server with its features. Raises UsageError where pygls is not installed."""
    try:
        from lsprotocol import types
        from pygls.lsp.server import LanguageServer
    except ImportError:
        raise UsageError("it needs pygls: pip install 'inferir[lsp]'") from None
    server = LanguageServer("infer-lsp-server", inferir.__version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
    sources: dict[str, tuple[int | None, IrSource]] = {}

    def source(uri: str) -> IrSource:
        document = server.workspace.get_text_document(uri)
        known = sources.get(uri)
        if known is None or known[0] != document.version:
            known = sources[uri] = (document.version, IrSource(document.source, Path(unquote(urlparse(uri).path)).name))
        return known[1]

    def position(of: IrSource, at: types.Position) -> tuple[int, int]:
        return at.line, _characters(of.lines[at.line] if at.line < len(of.lines) else "", at.character)

    def lsp_range(of: IrSource | None, place: Place) -> types.Range:
        row = of.lines[place.line] if of is not None else ""
        start, end = (_units(row[:c]) if of is not None else c for c in (place.column, place.end))
        return types.Range(types.Position(place.line, start), types.Position(place.line, end))

    def diagnostic(of: IrSource, uri: str, problem: Problem) -> types.Diagnostic:
        related = [types.DiagnosticRelatedInformation(types.Location(uri, lsp_range(of, n.place)), n.message) for n in problem.notes]
        severity = types.DiagnosticSeverity.Error
        return types.Diagnostic(
            lsp_range(of, problem.place), problem.message, severity=severity, source="inferir", related_information=related
        )

    def publish(uri: str) -> None:
        of = source(uri)
        found = [diagnostic(of, uri, problem) for problem in of.problems()]
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        publish(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        publish(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        sources.pop(params.text_document.uri, None)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        of = source(params.text_document.uri)
        text = of.hover(*position(of, params.position))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> types.Location | None:
        of = source(params.text_document.uri)
        place = of.definition(*position(of, params.position))
        if place is None:
            return None
        if place.file is not None:
            return types.Location(place.file.resolve().as_uri(), lsp_range(None, place))
        return types.Location(params.text_document.uri, lsp_range(of, place))

    return server


def _units(text: str) -> int:
    """The length of a text as the protocol counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", errors="replace")) // 2


def _characters(row: str, units: int) -> int:
    """How many characters of a row make so many UTF-16 units."""
    return len(row.encode("utf-16-le", errors="replace")[: 2 * units].decode("utf-16-le", errors="ignore"))


def run() -> int:
    """The console entry point."""
    return console("infer-lsp-server", main)


if __name__ == "__main__":
    sys.exit(run())
