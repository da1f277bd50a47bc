// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// Every kind of attribute that a model file has, as a reader writes it: a float has a point, infinity and NaN are bits, a list may be empty.
// CHECK-LABEL: @kinds
// CHECK:         {version = 13, value_float = 1.5}
// CHECK:         {version = 13, value_floats = [1.0, -0.5, {{.+}}, {{.+}}]}
// CHECK:         {version = 13, value_int = -7}
// CHECK:         {version = 13, value_ints = array<i64>}
// CHECK:         {version = 13, value_string = "a \22b\22 \\"}
// CHECK:         {version = 13, value_strings = ["a", ""]}
// CHECK:         {version = 13, value = dense<{{\[\[}}1, 2], [3, 4]]> : tensor<2x2xi8>}
// CHECK:         {version = 13, sparse_value = #framework.sparse_tensor<
func.func @kinds() {
  %0 = framework.onnx.Constant() {version = 13, value_float = 1.5} : () -> tensor<f32>
  %1 = framework.onnx.Constant() {version = 13, value_floats = [1.0, -0.5, 0x7F800000, 0x7FC00000]} : () -> tensor<4xf32>
  %2 = framework.onnx.Constant() {version = 13, value_int = -7} : () -> tensor<i64>
  %3 = framework.onnx.Constant() {version = 13, value_ints = array<i64>} : () -> tensor<0xi64>
  %4 = framework.onnx.Constant() {version = 13, value_string = "a \"b\" \\"} : () -> tensor<!framework.string>
  %5 = framework.onnx.Constant() {version = 13, value_strings = ["a", ""]} : () -> tensor<2x!framework.string>
  %6 = framework.onnx.Constant() {version = 13, value = dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>} : () -> tensor<2x2xi8>
  %7 = framework.onnx.Constant() {version = 13, sparse_value = #framework.sparse_tensor<dense<[1.0]> : tensor<1xf32>, dense<[2]> : tensor<1xi64> : tensor<4xf32>>} : () -> tensor<4xf32>
  return
}
