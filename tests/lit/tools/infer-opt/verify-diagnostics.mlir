// RUN: infer-opt %s --split-input-file --verify-diagnostics
// RUN: not infer-opt %S/Inputs/expectations.txt --split-input-file --verify-diagnostics 2>&1 | filecheck %s
// RUN: infer-opt %S/Inputs/only.txt --verify-diagnostics=only-expected --mlir-print-op-generic
// RUN: infer-opt %S/Inputs/only.txt --verify-diagnostics=only-expected | filecheck %s --check-prefix=PRINTED

// What succeeded is printed, so that a test may check it too.
// PRINTED: builtin.module

// Each form of expectation.
// expected-note @+2 {{x is a function argument}}
// expected-error @+2 {{filter takes 4 channels}}
func.func @places(%x: tensor<1x3x8x8xf32>, %w: tensor<6x4x5x5xf32>) -> tensor<1x6x8x8xf32> {
  %0 = inference.conv %x, %w pads [2, 2, 2, 2] : (tensor<1x3x8x8xf32>, tensor<6x4x5x5xf32>) -> tensor<1x6x8x8xf32>
  return %0 : tensor<1x6x8x8xf32>
}

// -----
func.func @here(%x: tensor<2xf32>, %y: tensor<3xf32>) {
  %0 = inference.add %x, %y : (tensor<2xf32>, tensor<3xf32>) -> tensor<3xf32> // expected-error {{add}}
  return
}

// -----
// expected-error-re @below {{use of undeclared SSA value name %{{[a-z]+}}}}
%0 = arith.negf %nowhere : f32

// -----
%0 = arith.negf %nowhere : f32
// expected-error @above {{undeclared}}

// CHECK:      expectations.txt:1:1: error: expected error "never said" was not produced
// CHECK:      expectations.txt:4:17: error: unexpected error: use of undeclared
// CHECK:      expectations.txt:6:1: error: this expectation cannot be read
