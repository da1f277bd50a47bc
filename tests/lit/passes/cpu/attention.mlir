// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// A mask of booleans, or for fewer keys than there are, adds minus infinity; a query that sees nothing gives zeros.
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
  %0 = inference.attention %q, %q, %q mask %m : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<3x2xi1>) -> tensor<1x1x3x4xf32>
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
  %0 = inference.attention %q, %q, %q offset %o lengths %n causal : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x1x3x4xf32>
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
