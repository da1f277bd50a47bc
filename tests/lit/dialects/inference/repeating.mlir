// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// x repeated along new leading dimensions and dimensions of 1.
// CHECK-LABEL: @broadcast
// CHECK:         inference.broadcast %{{.*}} shape [2, 3, 4] : (tensor<3x1xf32>) -> tensor<2x3x4xf32>
func.func @broadcast(%x: tensor<3x1xf32>) -> tensor<2x3x4xf32> {
  %ry = inference.broadcast %x shape [2, 3, 4] : (tensor<3x1xf32>) -> tensor<2x3x4xf32>
  return %ry : tensor<2x3x4xf32>
}

// -----
// x repeated whole along every dimension.
// CHECK-LABEL: @tile
// CHECK:         inference.tile %{{.*}} repeats [2, 1] : (tensor<3x4xf32>) -> tensor<6x4xf32>
func.func @tile(%x: tensor<3x4xf32>) -> tensor<6x4xf32> {
  %ry = inference.tile %x repeats [2, 1] : (tensor<3x4xf32>) -> tensor<6x4xf32>
  return %ry : tensor<6x4xf32>
}
