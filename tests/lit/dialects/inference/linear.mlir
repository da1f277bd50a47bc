// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// Products and sums by Einstein's notation.
// CHECK-LABEL: @einsum
// CHECK:         inference.einsum %{{.*}}, %{{.*}} equation "bij,bjk->bik" : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
func.func @einsum(%a: tensor<2x3x4xf32>, %b: tensor<2x4x5xf32>) -> tensor<2x3x5xf32> {
  %ry = inference.einsum %a, %b equation "bij,bjk->bik" : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
  return %ry : tensor<2x3x5xf32>
}

// -----
// Matrix product of the last two dimensions; the dimensions before them broadcast. A bias is added to the product.
// CHECK-LABEL: @matmul
// CHECK:         inference.matmul %{{.*}}, %{{.*}} bias %{{.*}} transpose_b : (tensor<?x400xf32>, tensor<120x400xf32>, tensor<120xf32>) -> tensor<?x120xf32>
func.func @matmul(%x: tensor<?x400xf32>, %w: tensor<120x400xf32>, %b: tensor<120xf32>) -> tensor<?x120xf32> {
  %ry = inference.matmul %x, %w bias %b transpose_b : (tensor<?x400xf32>, tensor<120x400xf32>, tensor<120xf32>) -> tensor<?x120xf32>
  return %ry : tensor<?x120xf32>
}
