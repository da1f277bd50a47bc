// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Attention is one kernel; nothing is decided now about lengths that are not known, and key heads are shared as they are.
// CHECK-LABEL: @kernel
// CHECK:         cpu.attention %q, %k, %k mask %m offset %o lengths %n scale 0.5 softcap 2.0 causal left 3 {
func.func @kernel(%q: tensor<?x4x?x4xf32> {inference.dims = ["b", 4, "s", 4]}, %k: tensor<?x2x?x4xf32> {inference.dims = ["b", 2, "t", 4]}, %m: tensor<?x?xi1> {inference.dims = ["s", "t"]}, %o: tensor<1xi64>, %n: tensor<?xi64> {inference.dims = ["b"]}) -> tensor<?x4x?x4xf32> {
  %0 = inference.attention %q, %k, %k mask %m offset %o lengths %n softcap 2.0 causal left 3 : (tensor<?x4x?x4xf32>, tensor<?x2x?x4xf32>, tensor<?x2x?x4xf32>, tensor<?x?xi1>, tensor<1xi64>, tensor<?xi64>) -> tensor<?x4x?x4xf32>
  return %0 : tensor<?x4x?x4xf32>
}

// -----
// A mask of other numbers is added in single precision.
// CHECK-LABEL: @half_mask
// CHECK:         %[[M:.+]] = cpu.map %m {
// CHECK:         cpu.attention %q, %q, %q mask %[[M]] scale 0.5 {
func.func @half_mask(%q: tensor<1x1x3x4xf32>, %m: tensor<3x3xf16>) -> tensor<1x1x3x4xf32> {
  %0 = inference.attention %q, %q, %q mask %m : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<3x3xf16>) -> tensor<1x1x3x4xf32>
  return %0 : tensor<1x1x3x4xf32>
}

// -----
// Where the scores are wanted too, a mask of booleans, or for fewer keys than there are, adds minus infinity; a query that sees nothing gives zeros.
// CHECK-LABEL: @mask
// CHECK:         cpu.gemm
// CHECK:         arith.select
// CHECK:         cpu.pad %{{.+}} low [0, 0] high [0, 1] value -inf
// CHECK:         cpu.softmax
// CHECK:         cpu.reduce %{{.+}} kind max axes [1] keepdims
// CHECK:         arith.cmpf oeq
// CHECK:         cpu.gemm
// CHECK:         arith.select
func.func @mask(%q: tensor<1x1x3x4xf32>, %m: tensor<3x2xi1>) -> tensor<1x1x3x4xf32> {
  %0, %1 = inference.host_call %q, %q, %q, %m callee "attention_with_scores" config {stage = 0 : i64} absent [4, 5] : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<3x2xi1>) -> (tensor<1x1x3x4xf32>, tensor<1x1x3x3xf32>)
  return %0 : tensor<1x1x3x4xf32>
}

// -----
// What a query sees is compared at run time where lengths or the place of the first query are computed.
// CHECK-LABEL: @lengths
// CHECK:         arith.addi
// CHECK:         arith.cmpi sle
// CHECK:         arith.cmpi slt
// CHECK:         arith.andi
// CHECK:         cpu.softmax
func.func @lengths(%q: tensor<1x1x3x4xf32>, %o: tensor<1xi64>, %n: tensor<1xi64>) -> tensor<1x1x3x4xf32> {
  %0, %1 = inference.host_call %q, %q, %q, %o, %n callee "attention_with_scores" config {stage = 0 : i64, causal = 1 : i64} absent [3] : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1xi64>, tensor<1xi64>) -> (tensor<1x1x3x4xf32>, tensor<1x1x3x3xf32>)
  return %0 : tensor<1x1x3x4xf32>
}

// -----
// The scores of a stage are a value like any other: here the product, scaled.
// CHECK-LABEL: @scores
// CHECK:         cpu.gemm
// CHECK:         %[[S:.+]] = cpu.map
// CHECK:           arith.mulf
// CHECK:         cpu.softmax %[[S]]
// CHECK:         return %{{.+}}, %[[S]]
func.func @scores(%q: tensor<1x1x3x4xf32>) -> (tensor<1x1x3x4xf32>, tensor<1x1x3x3xf32>) {
  %0, %1 = inference.host_call %q, %q, %q callee "attention_with_scores" config {stage = 0 : i64} absent [3, 4, 5] : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>) -> (tensor<1x1x3x4xf32>, tensor<1x1x3x3xf32>)
  return %0, %1 : tensor<1x1x3x4xf32>, tensor<1x1x3x3xf32>
}
