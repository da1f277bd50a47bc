// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s


// A subgraph within a subgraph sees what both are in.
// CHECK-LABEL: @nested
// CHECK-SAME:    %[[C:.+]]: tensor<i1>, %[[X:.+]]: tensor<4xf32>
// CHECK:         framework.onnx.If(%[[C]]) {version = 21} then_branch {
// CHECK:           framework.onnx.If(%[[C]]) {version = 21} then_branch {
// CHECK-NEXT:        framework.yield %[[X]]
// CHECK-NEXT:      } else_branch {
// CHECK-NEXT:        %[[N:.+]] = framework.onnx.Neg(%[[X]])
// CHECK-NEXT:        framework.yield %[[N]]
// CHECK:         } else_branch {
// CHECK-NEXT:      framework.yield %[[X]]
func.func @nested(%c: tensor<i1>, %x: tensor<4xf32>) {
  %0 = framework.onnx.If(%c) {version = 21} then_branch {
    %1 = framework.onnx.If(%c) {version = 21} then_branch {
      framework.yield %x : tensor<4xf32>
    } else_branch {
      %2 = framework.onnx.Neg(%x) {version = 13} : (tensor<4xf32>) -> tensor<4xf32>
      framework.yield %2 : tensor<4xf32>
    } : (tensor<i1>) -> tensor<4xf32>
    framework.yield %1 : tensor<4xf32>
  } else_branch {
    framework.yield %x : tensor<4xf32>
  } : (tensor<i1>) -> tensor<4xf32>
  return
}

// -----
// A scan takes a row of its sequences each time: the arguments of its body have a dimension less.
// CHECK-LABEL: @scan
// CHECK:         framework.onnx.Scan({{.+}}) {version = 16, num_scan_inputs = 1} body(%[[A:.+]]: tensor<2xf32>, %[[B:.+]]: tensor<2xf32>) {
// CHECK:           %[[S:.+]] = framework.onnx.Add(%[[A]], %[[B]])
// CHECK:           framework.yield %[[S]], %[[S]]
// CHECK:         } : (tensor<2xf32>, tensor<4x2xf32>) -> (tensor<2xf32>, tensor<4x2xf32>)
func.func @scan(%x: tensor<4x2xf32>, %s: tensor<2xf32>) {
  %0, %1 = framework.onnx.Scan(%s, %x) {version = 16, num_scan_inputs = 1} body(%a: tensor<2xf32>, %b: tensor<2xf32>) {
    %2 = framework.onnx.Add(%a, %b) {version = 14} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    framework.yield %2, %2 : tensor<2xf32>, tensor<2xf32>
  } : (tensor<2xf32>, tensor<4x2xf32>) -> (tensor<2xf32>, tensor<4x2xf32>)
  return
}

// -----
// A custom operator has subgraphs like any other.
// CHECK-LABEL: @custom
// CHECK:         framework.custom "Loopy" from "com.acme" version 2 (%{{.+}}) {steps = 3} body(%[[V:.+]]: tensor<4xf32>) {
// CHECK-NEXT:      framework.yield %[[V]]
func.func @custom(%x: tensor<4xf32>) {
  %0 = framework.custom "Loopy" from "com.acme" version 2 (%x) {steps = 3} body(%v: tensor<4xf32>) {
    framework.yield %v : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  return
}
