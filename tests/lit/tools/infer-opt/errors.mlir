// RUN: not infer-opt %s --split-input-file 2>&1 | filecheck %s
// RUN: not infer-opt %s --split-input-file --mlir-disable-diagnostic-notes --mlir-print-op-on-diagnostic=0 2>&1 | filecheck %s --check-prefix=BARE
// RUN: not infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/plugin.py --break --debug 2>&1 | filecheck %s --check-prefix=DEBUG
// RUN: not infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/plugin.py --break --mlir-print-stacktrace-on-diagnostic 2>&1 | filecheck %s --check-prefix=DEBUG

// The place of the mistake, its line, a caret under it, notes with their own places.
// CHECK:      errors.mlir:[[# @LINE + 19]]:19: error: use of undeclared SSA value name %nme; did you mean '%name'?
// CHECK-NEXT:   %0 = arith.addf %nme, %other : f32
// CHECK-NEXT: {{^}}                  ^
// CHECK-NEXT: errors.mlir:[[# @LINE + 16]]:25: note: %other is not declared either
// BARE:       use of undeclared
// BARE-NOT:   note:
// BARE-NOT:   arith.addf %nme

// CHECK:      errors.mlir:[[# @LINE + 16]]:3: error: inference.conv: filter takes 4 channels
// CHECK:      error: arith.addf: operand #0 does not dominate this use
// CHECK:      note: it is defined here
// CHECK:      error: {{.*}}inference.relux

// DEBUG:      Traceback
// DEBUG:      ZeroDivisionError
// DEBUG:      error: pass 'break' crashed

func.func @undeclared(%name: f32) -> f32 {
  // The first use counts.
  %0 = arith.addf %nme, %other : f32
  return %0 : f32
}
// -----
func.func @shapes(%x: tensor<1x3x8x8xf32>, %w: tensor<6x4x5x5xf32>) {
  %0 = inference.conv %x, %w : (tensor<1x3x8x8xf32>, tensor<6x4x5x5xf32>) -> tensor<1x6x4x4xf32>
  return
}
// -----
func.func @order(%x: f32) {
  %0 = arith.addf %1, %x : f32
  %1 = arith.addf %x, %x : f32
  return
}
// -----
func.func @unknown(%x: tensor<4xf32>) {
  %0 = inference.relux %x : tensor<4xf32>
  return
}
