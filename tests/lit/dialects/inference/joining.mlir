// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// Tensors one after the other along an axis; all other dimensions are equal.
// CHECK-LABEL: @concat
// CHECK:         inference.concat %{{.*}}, %{{.*}} axis 1 : (tensor<1x2x4xf32>, tensor<1x3x4xf32>) -> tensor<1x5x4xf32>
func.func @concat(%a: tensor<1x2x4xf32>, %b: tensor<1x3x4xf32>) -> tensor<1x5x4xf32> {
  %ry = inference.concat %a, %b axis 1 : (tensor<1x2x4xf32>, tensor<1x3x4xf32>) -> tensor<1x5x4xf32>
  return %ry : tensor<1x5x4xf32>
}

// -----
// x in parts along an axis.
// CHECK-LABEL: @split
// CHECK:         inference.split %{{.*}} axis 1 sizes [2, 3] : (tensor<1x5xf32>) -> (tensor<1x2xf32>, tensor<1x3xf32>)
func.func @split(%x: tensor<1x5xf32>) -> (tensor<1x2xf32>, tensor<1x3xf32>) {
  %ra, %rb = inference.split %x axis 1 sizes [2, 3] : (tensor<1x5xf32>) -> (tensor<1x2xf32>, tensor<1x3xf32>)
  return %ra, %rb : tensor<1x2xf32>, tensor<1x3xf32>
}
