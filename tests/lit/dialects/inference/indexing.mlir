// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// Slices of x along an axis: y[..., i, ...] = x[..., indices[i], ...]. An embedding is gather of its table at axis 0.
// CHECK-LABEL: @gather
// CHECK:         inference.gather %{{.*}}, %{{.*}} : (tensor<30522x768xf32>, tensor<1x128xi64>) -> tensor<1x128x768xf32>
func.func @gather(%x: tensor<30522x768xf32>, %i: tensor<1x128xi64>) -> tensor<1x128x768xf32> {
  %ry = inference.gather %x, %i : (tensor<30522x768xf32>, tensor<1x128xi64>) -> tensor<1x128x768xf32>
  return %ry : tensor<1x128x768xf32>
}

// -----
// One element of x per index: y[i][j] = x[indices[i][j]][j] for axis 0.
// CHECK-LABEL: @gather_elements
// CHECK:         inference.gather_elements %{{.*}}, %{{.*}} axis 1 : (tensor<3x3xf32>, tensor<3x2xi64>) -> tensor<3x2xf32>
func.func @gather_elements(%x: tensor<3x3xf32>, %i: tensor<3x2xi64>) -> tensor<3x2xf32> {
  %ry = inference.gather_elements %x, %i axis 1 : (tensor<3x3xf32>, tensor<3x2xi64>) -> tensor<3x2xf32>
  return %ry : tensor<3x2xf32>
}

// -----
// Slices of x at index tuples: y[b][i] = x[b][tuple(indices[b][i])]; the tuples are the last dimension of `indices`.
// CHECK-LABEL: @gather_nd
// CHECK:         inference.gather_nd %{{.*}}, %{{.*}} : (tensor<2x2xf32>, tensor<2x2xi64>) -> tensor<2xf32>
func.func @gather_nd(%x: tensor<2x2xf32>, %i: tensor<2x2xi64>) -> tensor<2xf32> {
  %ry = inference.gather_nd %x, %i : (tensor<2x2xf32>, tensor<2x2xi64>) -> tensor<2xf32>
  return %ry : tensor<2xf32>
}

// -----
// One element of x per index is written: y[indices[i][j]][j] = updates[i][j] for axis 0.
// CHECK-LABEL: @scatter_elements
// CHECK:         inference.scatter_elements %{{.*}}, %{{.*}}, %{{.*}} axis 1 : (tensor<1x5xf32>, tensor<1x2xi64>, tensor<1x2xf32>) -> tensor<1x5xf32>
func.func @scatter_elements(%x: tensor<1x5xf32>, %i: tensor<1x2xi64>, %u: tensor<1x2xf32>) -> tensor<1x5xf32> {
  %ry = inference.scatter_elements %x, %i, %u axis 1 : (tensor<1x5xf32>, tensor<1x2xi64>, tensor<1x2xf32>) -> tensor<1x5xf32>
  return %ry : tensor<1x5xf32>
}

// -----
// Slices of x at index tuples are written: y[tuple(indices[i])] = updates[i].
// CHECK-LABEL: @scatter_nd
// CHECK:         inference.scatter_nd %{{.*}}, %{{.*}}, %{{.*}} reduction add : (tensor<8xf32>, tensor<4x1xi64>, tensor<4xf32>) -> tensor<8xf32>
func.func @scatter_nd(%x: tensor<8xf32>, %i: tensor<4x1xi64>, %u: tensor<4xf32>) -> tensor<8xf32> {
  %ry = inference.scatter_nd %x, %i, %u reduction add : (tensor<8xf32>, tensor<4x1xi64>, tensor<4xf32>) -> tensor<8xf32>
  return %ry : tensor<8xf32>
}
