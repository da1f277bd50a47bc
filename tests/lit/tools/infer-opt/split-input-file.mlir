// RUN: not infer-opt --split-input-file %s 2>&1 | filecheck %s
// RUN: not infer-opt %s --split-input-file --output-split-marker='// next' 2>&1 | filecheck %s --check-prefix=MARKER
// RUN: not infer-opt %S/Inputs/parts.txt --split-input-file='// part' 2>&1 | filecheck %s --check-prefix=OWN

// Only a whole line separates; an error in one part leaves the others, and its line is that of the file.
// CHECK:      split-input-file.mlir:[[# @LINE + 12]]:17: error: use of undeclared SSA value name %nowhere
// CHECK:      @first
// CHECK:      // -----
// CHECK-NEXT: // -----
// CHECK:      @third
// MARKER:     @first
// MARKER:     // next
// MARKER-NEXT: // next
// MARKER:     @third
// OWN:        @second
func.func private @first() // not a line of its own: // -----
// -----
%0 = arith.negf %nowhere : f32
// -----
func.func private @third()
