"""The language server protocol's requests, answered from `IrSource`. Only this file imports pygls.

A text is parsed when it is opened, and in a thread of its own a moment after it was changed. Completion never waits for that: it takes what the last
parse found, and the line as it is now.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urlparse

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

import inferir
from inferir.core import InferError
from inferir.tools.completion import MOST, proposals
from inferir.tools.ir_source import IrSource, Place, Problem, Symbol

PAUSE = 0.15
"""Seconds without a keystroke after which a text is parsed."""
KINDS = {
    "value": types.CompletionItemKind.Variable,
    "symbol": types.CompletionItemKind.Function,
    "op": types.CompletionItemKind.Class,
    "dialect": types.CompletionItemKind.Module,
    "attribute": types.CompletionItemKind.Property,
    "type": types.CompletionItemKind.TypeParameter,
    "pass": types.CompletionItemKind.Event,
}


class Server(LanguageServer):
    """The server, and what it knows of the open texts."""

    def __init__(self) -> None:
        super().__init__("infer-lsp-server", inferir.__version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
        self.sources: dict[str, IrSource] = {}
        self.parser = ThreadPoolExecutor(1)
        self.parses = 0

    def parsed(self, uri: str) -> IrSource:
        """The text of a document, parsed anew where it changed."""
        document = self.workspace.get_text_document(uri)
        known = self.sources.get(uri)
        if known is None or known.text != document.source:
            known = self.sources[uri] = self.parser.submit(self._parse, uri, document.source).result()
        return known

    def _parse(self, uri: str, text: str) -> IrSource:
        self.parses += 1
        return IrSource(text, Path(unquote(urlparse(uri).path)))

    async def refresh(self, uri: str) -> None:
        """Parse a document in the parser's thread, and publish what is wrong with it unless it changed meanwhile."""
        text = self.workspace.get_text_document(uri).source
        source = await asyncio.get_running_loop().run_in_executor(self.parser, self._parse, uri, text)
        if uri in self.workspace.text_documents and self.workspace.get_text_document(uri).source == text:
            self.sources[uri] = source
            self.publish(uri, source)

    def publish(self, uri: str, source: IrSource) -> None:
        """Send what is wrong with a text."""
        found = [diagnostic(source, uri, problem) for problem in source.problems()]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))

    def position(self, of: IrSource, at: types.Position) -> tuple[int, int]:
        """A position of the protocol's as line and column."""
        return at.line, characters(of.lines[at.line] if at.line < len(of.lines) else "", at.character)


def server() -> Server:
    """The server with its features."""
    serving = Server()
    documents(serving)
    names(serving)
    whole_files(serving)
    return serving


def documents(serving: Server) -> None:
    """Opening, changing and closing; completion."""

    @serving.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        serving.publish(params.text_document.uri, serving.parsed(params.text_document.uri))

    @serving.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        await asyncio.sleep(PAUSE)
        if serving.workspace.get_text_document(params.text_document.uri).version == params.text_document.version:
            await serving.refresh(params.text_document.uri)

    @serving.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        serving.sources.pop(params.text_document.uri, None)

    @serving.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["%", "@", "!", ".", "-"]))
    def completion(params: types.CompletionParams) -> types.CompletionList:
        uri = params.text_document.uri
        of = serving.sources.get(uri) or serving.parsed(uri)
        rows = serving.workspace.get_text_document(uri).source.split("\n")
        row = rows[params.position.line].rstrip("\r") if params.position.line < len(rows) else ""
        found = proposals(of, row, of.line_before(rows, params.position.line), characters(row, params.position.character))
        items = []
        for proposal in found:
            start = types.Position(params.position.line, units(row[: proposal.start]))
            edit = types.TextEdit(types.Range(start, params.position), proposal.text)
            kind, order = KINDS[proposal.kind], f"{len(items):04}"
            items.append(types.CompletionItem(proposal.text, kind=kind, detail=proposal.detail or None, sort_text=order, text_edit=edit))
        return types.CompletionList(len(found) >= MOST, items)


def names(serving: Server) -> None:
    """What a name means, where it is defined and used."""

    @serving.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        of = serving.parsed(params.text_document.uri)
        text = of.hover(*serving.position(of, params.position))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None

    @serving.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> types.Location | None:
        uri = params.text_document.uri
        of = serving.parsed(uri)
        place = of.definition(*serving.position(of, params.position))
        if place is None:
            return None
        if place.file is not None:
            return types.Location(place.file.resolve().as_uri(), in_file(None, place))
        return types.Location(uri, in_file(of, place))

    @serving.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> list[types.Location]:
        uri = params.text_document.uri
        of = serving.parsed(uri)
        at = serving.position(of, params.position)
        places = of.references(*at)
        if not params.context.include_declaration:
            places = [place for place in places if place != of.definition(*at)]
        return [types.Location(uri, in_file(of, place)) for place in places]

    @serving.feature(types.TEXT_DOCUMENT_RENAME)
    def rename(params: types.RenameParams) -> types.WorkspaceEdit:
        uri = params.text_document.uri
        of = serving.parsed(uri)
        line, column = serving.position(of, params.position)
        name = params.new_name
        try:
            if name[:1] not in "%@":  # an editor may ask for the name without its sign
                places = of.references(line, column)
                name = (of.lines[places[0].line][places[0].column] if places else "%") + name
            places = of.renamed(line, column, name)
        except InferError as error:
            raise JsonRpcInvalidParams(message=str(error)) from None
        return types.WorkspaceEdit({uri: [types.TextEdit(in_file(of, place), name) for place in places]})


def whole_files(serving: Server) -> None:
    """Outline, formatting, types of results."""

    @serving.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        of = serving.parsed(params.text_document.uri)
        return [outlined(of, symbol) for symbol in of.symbols()]

    @serving.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        of = serving.parsed(params.text_document.uri)
        try:
            text = of.formatted()
        except InferError:
            return []  # its place is marked already
        end = types.Position(len(of.lines) - 1, units(of.lines[-1]))
        return [] if text == of.text else [types.TextEdit(types.Range(types.Position(0, 0), end), text)]

    @serving.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    def hints(params: types.InlayHintParams) -> list[types.InlayHint]:
        of = serving.parsed(params.text_document.uri)
        found = of.hints(params.range.start.line, params.range.end.line)
        at = [(types.Position(line, units(of.lines[line][:column])), text) for line, column, text in found]
        return [types.InlayHint(place, text, kind=types.InlayHintKind.Type, padding_left=False) for place, text in at]


def outlined(of: IrSource, symbol: Symbol) -> types.DocumentSymbol:
    """A symbol as the protocol has it, with those inside it."""
    whole = types.Range(types.Position(symbol.first, 0), types.Position(symbol.last, units(of.lines[symbol.last])))
    kind = types.SymbolKind.Module if symbol.kind == "builtin.module" else types.SymbolKind.Function
    inner = [outlined(of, each) for each in symbol.inner]
    return types.DocumentSymbol(symbol.name, kind, whole, in_file(of, symbol.place), detail=symbol.kind, children=inner)


def diagnostic(of: IrSource, uri: str, problem: Problem) -> types.Diagnostic:
    """What is wrong, as the protocol has it."""
    related: Sequence[types.DiagnosticRelatedInformation] = [
        types.DiagnosticRelatedInformation(types.Location(uri, in_file(of, note.place)), note.message) for note in problem.notes
    ]
    place, severity = in_file(of, problem.place), types.DiagnosticSeverity.Error
    return types.Diagnostic(place, problem.message, severity=severity, source="inferir", related_information=related)


def in_file(of: IrSource | None, place: Place) -> types.Range:
    """A place as a range; in another file (no source) columns are 0."""
    row = of.lines[place.line] if of is not None else ""
    start, end = (units(row[:c]) if of is not None else c for c in (place.column, place.end))
    return types.Range(types.Position(place.line, start), types.Position(place.line, end))


def units(text: str) -> int:
    """The length of a text as the protocol counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", errors="replace")) // 2


def characters(row: str, count: int) -> int:
    """How many characters of a row make so many UTF-16 units."""
    return len(row.encode("utf-16-le", errors="replace")[: 2 * count].decode("utf-16-le", errors="ignore"))
