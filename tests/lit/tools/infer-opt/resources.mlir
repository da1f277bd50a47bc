// RUN: infer-opt %s | filecheck %s --check-prefixes=CHECK,LONG
// RUN: infer-opt %s --mlir-elide-resource-strings-if-larger=20 | filecheck %s --check-prefixes=CHECK,SHORT
// RUN: infer-opt %s --verify-roundtrip | infer-opt - | filecheck %s --check-prefixes=CHECK,LONG
// RUN: not infer-opt %s --mlir-elide-resource-strings-if-larger=few 2>&1 | filecheck %s --check-prefix=USAGE

// Resources keep their names and values from text to text; those longer than the limit are left out; their names stay in the IR.
// CHECK:     arith.constant dense_resource<long> : tensor<4xi32>
// CHECK:     arith.constant dense_resource<short> : tensor<1xi32>
// CHECK:     dialect_resources
// LONG:      long: "0x0400000001000000020000000300000004000000"
// SHORT-NOT: long:
// CHECK:     short: "0x0400000007000000"
// USAGE:     infer-opt: error: argument --mlir-elide-resource-strings-if-larger: invalid int value: 'few'
func.func @f() -> (tensor<4xi32>, tensor<1xi32>) {
  %0 = arith.constant dense_resource<long> : tensor<4xi32>
  %1 = arith.constant dense_resource<short> : tensor<1xi32>
  return %0, %1 : tensor<4xi32>, tensor<1xi32>
}

{-#
  dialect_resources: {
    builtin: {
      long: "0x0400000001000000020000000300000004000000",
      short: "0x0400000007000000"
    }
  }
#-}
