// RUN: infer-opt %s --pass-pipeline='builtin.module(convert-inference-to-cpu{fallback=true})' --split-input-file | filecheck %s

// A tree that is deeper than it states would be left at an inner node: the executor refuses it.
// CHECK-LABEL: @deeper
// CHECK:         cpu.fallback = "a tree is deeper than its depth states"}
func.func @deeper(%x: tensor<4x2xf32>) -> tensor<4x1xf32> {
  %f = inference.constant dense<[0, 1, 0, 0, 0]> : tensor<5xi32>
  %h = inference.constant dense<0.0> : tensor<5xf32>
  %c = inference.constant dense<[[2, 1], [3, 4], [2, 2], [3, 3], [4, 4]]> : tensor<5x2xi32>
  %r = inference.constant dense<0> : tensor<1xi32>
  %d = inference.constant dense<1> : tensor<1xi32>
  %w = inference.constant dense<1.0> : tensor<3x1xf32>
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w features 2 : (tensor<4x2xf32>, tensor<5xi32>, tensor<5xf32>, tensor<5x2xi32>, tensor<1xi32>, tensor<1xi32>, tensor<3x1xf32>) -> tensor<4x1xf32>
  return %y : tensor<4x1xf32>
}

// -----
// A child that does not exist is not followed.
// CHECK-LABEL: @no_child
// CHECK:         cpu.fallback = "a child or a root is none of 3 nodes"}
func.func @no_child(%x: tensor<4x2xf32>) -> tensor<4x1xf32> {
  %f = inference.constant dense<0> : tensor<3xi32>
  %h = inference.constant dense<0.0> : tensor<3xf32>
  %c = inference.constant dense<[[1, 7], [1, 1], [2, 2]]> : tensor<3x2xi32>
  %r = inference.constant dense<0> : tensor<1xi32>
  %d = inference.constant dense<1> : tensor<1xi32>
  %w = inference.constant dense<1.0> : tensor<2x1xf32>
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w : (tensor<4x2xf32>, tensor<3xi32>, tensor<3xf32>, tensor<3x2xi32>, tensor<1xi32>, tensor<1xi32>, tensor<2x1xf32>) -> tensor<4x1xf32>
  return %y : tensor<4x1xf32>
}

// -----
// Tables that the model computes are not known before it runs.
// CHECK-LABEL: @computed
// CHECK:         cpu.fallback = "its tables are computed"
func.func @computed(%x: tensor<4x2xf32>, %c: tensor<3x2xi32>) -> tensor<4x1xf32> {
  %f = inference.constant dense<0> : tensor<3xi32>
  %h = inference.constant dense<0.0> : tensor<3xf32>
  %r = inference.constant dense<0> : tensor<1xi32>
  %d = inference.constant dense<1> : tensor<1xi32>
  %w = inference.constant dense<1.0> : tensor<2x1xf32>
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w : (tensor<4x2xf32>, tensor<3xi32>, tensor<3xf32>, tensor<3x2xi32>, tensor<1xi32>, tensor<1xi32>, tensor<2x1xf32>) -> tensor<4x1xf32>
  return %y : tensor<4x1xf32>
}
