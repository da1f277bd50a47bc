// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// Two targets, each leaf with a weight for both; a third child is for NaN.
// CHECK-LABEL: @both
// CHECK:         inference.tree_ensemble %{{.*}} targets 2 features 3 : ({{.*}}) -> tensor<4x2xf32>
func.func @both(%x: tensor<4x3xf32>, %f: tensor<3xi32>, %h: tensor<3xf32>, %c: tensor<3x3xi32>, %r: tensor<1xi32>, %d: tensor<1xi32>, %w: tensor<2x2xf32>) -> tensor<4x2xf32> {
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w targets 2 features 3 : (tensor<4x3xf32>, tensor<3xi32>, tensor<3xf32>, tensor<3x3xi32>, tensor<1xi32>, tensor<1xi32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// -----
// Trees in two groups, one for each target; limits from below; any number of rows.
// CHECK-LABEL: @groups
// CHECK:         inference.tree_ensemble %{{.*}} low %{{.*}} targets 2 kind max : ({{.*}}) -> tensor<?x2xf64>
func.func @groups(%x: tensor<?x3xf64>, %f: tensor<6xi32>, %h: tensor<6xf64>, %c: tensor<6x2xi32>, %r: tensor<2xi32>, %d: tensor<2xi32>, %w: tensor<4x1xf64>, %l: tensor<6xf64>) -> tensor<?x2xf64> {
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w low %l targets 2 kind max : (tensor<?x3xf64>, tensor<6xi32>, tensor<6xf64>, tensor<6x2xi32>, tensor<2xi32>, tensor<2xi32>, tensor<4x1xf64>, tensor<6xf64>) -> tensor<?x2xf64>
  return %y : tensor<?x2xf64>
}
