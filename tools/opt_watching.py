"""What watches the passes of one run of infer-opt, by its options, and what is reported at the end."""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from inferir.core import PassManager, discovery
from inferir.core.files import write_whole
from inferir.core.instrument import Instrument
from inferir.core.printer import PrintOptions
from inferir.core.reproducer import CrashReproducer
from inferir.tools.command_line import UsageError

if TYPE_CHECKING:
    from inferir.core.instruments.actions import Actions
    from inferir.core.instruments.remarks import Remarks
    from inferir.core.instruments.timing import Timing


class Watching:
    """The instruments of a run and their reports, on stderr or in files."""

    def __init__(
        self,
        args: argparse.Namespace,
        manager: PassManager,
        stderr: TextIO,
        sources: Mapping[str, str],
        printing: PrintOptions,
        timing: Timing | None,
    ):
        self.args, self.manager, self.stderr, self.sources, self.printing = args, manager, stderr, sources, printing
        self.timing = timing
        self.actions: Actions | None = None
        self.remarks: Remarks | None = None

    def instruments(self) -> list[Instrument]:
        """All of them, in the order in which they are told."""
        args, steps = self.args, self.manager.passes()
        for step in steps:
            step.log.keep_reasons = bool(args.why_not)
            if args.max_applications is not None:
                step.log.allow = lambda pattern, op: sum(s.log.total for s in steps) < args.max_applications
        timing = [self.timing] if self.timing is not None else []
        return [*timing, *self._actions(), *self._remarks(), *self._printing(), *self._checks()]

    def report(self) -> None:
        """What was seen."""
        args, manager = self.args, self.manager
        if args.mlir_pass_statistics or args.pattern_stats:
            from inferir.core.instruments.statistics import report_patterns, report_statistics

            if args.mlir_pass_statistics:
                report_statistics(manager, self.stderr, args.mlir_pass_statistics_display == "list")
            if args.pattern_stats:
                report_patterns(manager, self.stderr)
        if args.why_not:
            from inferir.core.instruments.why_not import report_declined

            report_declined(manager, args.why_not, self.stderr, self.sources)
        if self.actions is not None:
            self._report_actions(self.actions)
        if self.remarks is not None:
            self._report_remarks(self.remarks)
        if self.timing is not None and args.mlir_output_format == "json":
            self.timing.report_json(self.stderr)
        elif self.timing is not None:
            self.timing.report(self.stderr, args.mlir_timing_display == "list")

    def _actions(self) -> Iterator[Instrument]:
        args = self.args
        if args.log_actions_to or args.profile_actions_to or args.mlir_debug_counter or args.mlir_print_debug_counter:
            from inferir.core.instruments.actions import Actions, counters

            log = None if not args.log_actions_to else self.stderr if args.log_actions_to == "-" else io.StringIO()
            traced = [] if args.profile_actions_to else None
            self.actions = Actions(log, args.log_mlir_actions_filter, counters(args.mlir_debug_counter), traced)
            self.actions.watch(self.manager.passes())
            yield self.actions

    def _report_actions(self, actions: Actions) -> None:
        from inferir.core.instruments.actions import report_counters, trace_text

        args = self.args
        if isinstance(actions.log, io.StringIO) and actions.log is not self.stderr:
            write_whole(args.log_actions_to, actions.log.getvalue())
        if actions.traced is not None and args.profile_actions_to == "-":
            self.stderr.write(trace_text(actions.traced))
        elif actions.traced is not None:
            write_whole(args.profile_actions_to, trace_text(actions.traced))
        if args.mlir_print_debug_counter:
            report_counters(actions.limits, self.stderr)

    def _remarks(self) -> Iterator[Instrument]:
        args = self.args
        given = (args.remarks_filter_passed, args.remarks_filter_missed, args.remarks_filter_failed, args.remarks_filter_analyse)
        if args.remarks_filter is not None or any(given):
            from inferir.core.instruments.remarks import KINDS, Remarks

            wanted = {kind: regex or args.remarks_filter for kind, regex in zip(KINDS, given, strict=True)}
            filters = {kind: regex for kind, regex in wanted.items() if regex is not None}
            self.remarks = Remarks(filters, args.remark_policy == "final")
            self.remarks.watch(self.manager.passes())
            yield self.remarks

    def _report_remarks(self, remarks: Remarks) -> None:
        from inferir.core.instruments.remarks import write_remarks, yaml_text

        found = remarks.collect(self.manager.passes())
        if self.args.remark_format == "yaml":
            write_whole(self.args.remarks_output_file, yaml_text(found))
        else:
            write_remarks(found, self.stderr, self.sources)

    def _printing(self) -> Iterator[Instrument]:
        args = self.args
        around = args.mlir_print_ir_before or args.mlir_print_ir_after or args.mlir_print_ir_before_all or args.mlir_print_ir_after_all
        if around or args.mlir_print_ir_after_change or args.mlir_print_ir_after_failure or args.mlir_print_ir_tree_dir:
            from inferir.core.instruments.ir_printing import IrPrinting

            for name in (*args.mlir_print_ir_before, *args.mlir_print_ir_after):
                discovery.find_pass(name)
            yield IrPrinting(
                self.stderr,
                self.printing,
                args.mlir_print_ir_before,
                args.mlir_print_ir_after,
                args.mlir_print_ir_before_all,
                args.mlir_print_ir_after_all or (bool(args.mlir_print_ir_tree_dir) and not around),
                args.mlir_print_ir_after_change,
                args.mlir_print_ir_after_failure,
                args.mlir_print_ir_module_scope,
                Path(args.mlir_print_ir_tree_dir) if args.mlir_print_ir_tree_dir else None,
            )

    def _checks(self) -> Iterator[Instrument]:
        args = self.args
        if args.check_numerics is not None:
            from inferir.core.compare import tolerances
            from inferir.core.instruments.numerics import CheckNumerics
            from inferir.tools.trial_options import tried

            try:
                rtol, atol = tolerances(args.check_numerics)
            except ValueError:
                raise UsageError(f"--check-numerics takes RTOL or RTOL,ATOL, not '{args.check_numerics}'") from None
            yield CheckNumerics(self.manager.ctx, rtol, atol, tried(args))
        if args.mlir_pass_pipeline_crash_reproducer:
            path = args.mlir_pass_pipeline_crash_reproducer
            yield CrashReproducer(path, self.manager.spec(), args.verify_each, args.mlir_pass_pipeline_local_reproducer)
