// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// Rotary position codes: feature i and feature i + D / 2 of each row are rotated together.
// CHECK-LABEL: @rope
// CHECK:         inference.rope %{{.*}}, %{{.*}}, %{{.*}} : (tensor<1x8x16x64xf32>, tensor<16x64xf32>, tensor<16x64xf32>) -> tensor<1x8x16x64xf32>
func.func @rope(%x: tensor<1x8x16x64xf32>, %c: tensor<16x64xf32>, %s: tensor<16x64xf32>) -> tensor<1x8x16x64xf32> {
  %y = inference.rope %x, %c, %s : (tensor<1x8x16x64xf32>, tensor<16x64xf32>, tensor<16x64xf32>) -> tensor<1x8x16x64xf32>
  return %y : tensor<1x8x16x64xf32>
}
