// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(legalize-precision))' --split-input-file | filecheck %s

// A convolution sums in single precision: x is widened when the model runs, filters are now; the result is rounded once.
// CHECK-LABEL: @convolution
// CHECK-DAG:     %[[W:.+]] = inference.constant #inference.fold<inference.cast({{.+}}) {{.+}}> : tensor<4x3x1x1xf32>
// CHECK-DAG:     %[[X:.+]] = inference.cast %x to f32
// CHECK:         %[[Y:.+]] = inference.conv %[[X]], %[[W]] : {{.+}} -> tensor<?x4x?x?xf32>
// CHECK:         %[[Z:.+]] = inference.cast %[[Y]] to f16
// CHECK:         inference.relu %[[Z]] : tensor<?x4x?x?xf16>
func.func @convolution(%x: tensor<?x3x?x?xf16>) -> tensor<?x4x?x?xf16> {
  %w = inference.constant #inference.weight<"w"> : tensor<4x3x1x1xf16>
  %0 = inference.conv %x, %w : (tensor<?x3x?x?xf16>, tensor<4x3x1x1xf16>) -> tensor<?x4x?x?xf16>
  %1 = inference.relu %0 : tensor<?x4x?x?xf16>
  return %1 : tensor<?x4x?x?xf16>
}

// -----
// Single precision stays.
// CHECK-LABEL: @single
// CHECK-NOT:     inference.cast
func.func @single(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = inference.softmax %x : tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}
