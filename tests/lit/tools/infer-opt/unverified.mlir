// RUN: infer-opt %s --mlir-very-unsafe-disable-verifier-on-parsing --verify-each=0 --mlir-print-assume-verified | filecheck %s
// RUN: not infer-opt %s 2>&1 | filecheck %s --check-prefix=VERIFIED
// RUN: infer-opt --version | filecheck %s --check-prefix=VERSION
// RUN: infer-opt %S/check-numerics.mlir --mlir-print-elementsattrs-with-hex-if-larger=-1 --plugin %S/Inputs/opaque.py --opaque 2>&1 | filecheck %s --check-prefixes=SAID,LIST
// RUN: infer-opt %S/check-numerics.mlir --mlir-print-elementsattrs-with-hex-if-larger=2 --plugin %S/Inputs/opaque.py --opaque --mlir-diagnostic-verbosity-level=warnings 2>&1 | filecheck %s --check-prefixes=QUIET,HEX
// RUN: infer-opt %S/check-numerics.mlir --plugin %S/Inputs/opaque.py --opaque --mlir-diagnostic-verbosity-level=errors 2>&1 | filecheck %s --check-prefix=SILENT

// What was read is not verified; only what runs afterwards would be.
// CHECK:    inference.relu %{{.*}} : (tensor<4xf32>) -> tensor<5xf32>
// VERIFIED: error: inference.relu
// VERSION:  inferir {{[0-9.]+}}, xDSL 0.74

// Remarks, then warnings are left out.
// SAID:       warning: warned
// SAID:       remark: remarked
// QUIET:      warning: warned
// QUIET-NOT:  remark: remarked
// SILENT-NOT: warned
// SILENT-NOT: remarked
// SILENT:     @f

// Dense constants as lists or as one hexadecimal string.
// LIST: dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]>
// HEX:  dense<"0x0000803F0000004000004040">
func.func @f(%x: tensor<4xf32>) -> tensor<5xf32> {
  %0 = inference.relu %x : (tensor<4xf32>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}
