// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s


// Any number of operands, any number of results.
// CHECK-LABEL: @any_number
// CHECK-SAME:    %[[X:.+]]: tensor<4xf32>, %[[Y:.+]]: tensor<2xf32>
// CHECK:         %[[J:.+]] = framework.onnx.Concat(%[[X]], %[[Y]]) {version = 13, axis = 0} : (tensor<4xf32>, tensor<2xf32>) -> tensor<6xf32>
// CHECK:         framework.onnx.Concat(%[[X]]) {
// CHECK:         %{{.+}}, %{{.+}} = framework.onnx.Split(%[[J]]) {version = 2, split = [4, 2]} : (tensor<6xf32>) -> (tensor<4xf32>, tensor<2xf32>)
func.func @any_number(%x: tensor<4xf32>, %y: tensor<2xf32>) {
  %0 = framework.onnx.Concat(%x, %y) {version = 13, axis = 0} : (tensor<4xf32>, tensor<2xf32>) -> tensor<6xf32>
  %1 = framework.onnx.Concat(%x) {version = 13, axis = 0} : (tensor<4xf32>) -> tensor<4xf32>
  %2, %3 = framework.onnx.Split(%0) {version = 2, split = [4, 2]} : (tensor<6xf32>) -> (tensor<4xf32>, tensor<2xf32>)
  return
}

// -----
// An operator may have no result at all, and one whose results are not used still states how many it has.
// CHECK-LABEL: @none
// CHECK:         %{{.+}}, %{{.+}} = framework.custom "Loopy"
// CHECK-SAME:      -> (tensor<4xf32>, none)
// CHECK-NEXT:    framework.custom "Sink" {{.*}}-> ()
func.func @none(%x: tensor<4xf32>) {
  %0, %1 = framework.custom "Loopy" from "com.acme" version 2 (%x) {steps = 3} : (tensor<4xf32>) -> (tensor<4xf32>, none)
  framework.custom "Sink" from "com.acme" version 1 (%0) : (tensor<4xf32>) -> ()
  return
}
