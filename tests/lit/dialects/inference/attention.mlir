// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// Scaled dot-product attention: softmax(q k^T * scale + bias) v.
// CHECK-LABEL: @attention
// CHECK:         inference.attention %{{.*}}, %{{.*}}, %{{.*}} causal : (tensor<1x8x16x64xf32>, tensor<1x2x16x64xf32>, tensor<1x2x16x64xf32>) -> tensor<1x8x16x64xf32>
func.func @attention(%q: tensor<1x8x16x64xf32>, %k: tensor<1x2x16x64xf32>, %v: tensor<1x2x16x64xf32>) -> tensor<1x8x16x64xf32> {
  %ry = inference.attention %q, %k, %v causal : (tensor<1x8x16x64xf32>, tensor<1x2x16x64xf32>, tensor<1x2x16x64xf32>) -> tensor<1x8x16x64xf32>
  return %ry : tensor<1x8x16x64xf32>
}
