// RUN: not infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/unclear.py --change-then-decline 2>&1 | filecheck %s --check-prefix=DECLINES
// RUN: not infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/unclear.py --stay-silent 2>&1 | filecheck %s --check-prefix=SILENT

// A pattern either changes the IR, through the rewriter, or gives a reason.
// DECLINES: twice.mlir:{{.*}}: error: pattern 'changes_then_declines' changed the IR and then declined: it was not to be
// SILENT:   twice.mlir:{{.*}}: error: pattern 'silent' neither changed the IR through the rewriter nor gave a reason
