// RUN: infer-opt %s --split-input-file --verify-diagnostics

func.func @columns(%x: tensor<4x2xf32>, %f: tensor<3xi32>, %h: tensor<3xf32>, %c: tensor<3x2xi32>, %r: tensor<1xi32>, %d: tensor<1xi32>, %w: tensor<2x1xf32>) {
  // expected-error @+1 {{inference.tree_ensemble: x is 4x2, must be rows of at least 3 columns}}
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w features 3 : (tensor<4x2xf32>, tensor<3xi32>, tensor<3xf32>, tensor<3x2xi32>, tensor<1xi32>, tensor<1xi32>, tensor<2x1xf32>) -> tensor<4x1xf32>
  return
}

// -----
func.func @tables(%x: tensor<4x2xf32>, %f: tensor<3xi32>, %h: tensor<4xf32>, %c: tensor<3x2xi32>, %r: tensor<1xi32>, %d: tensor<1xi32>, %w: tensor<2x1xf32>) {
  // expected-error @+1 {{`feature`, `high` and `low` have a number, `children` two or three, for each node}}
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w : (tensor<4x2xf32>, tensor<3xi32>, tensor<4xf32>, tensor<3x2xi32>, tensor<1xi32>, tensor<1xi32>, tensor<2x1xf32>) -> tensor<4x1xf32>
  return
}

// -----
func.func @weights(%x: tensor<4x2xf32>, %f: tensor<3xi32>, %h: tensor<3xf32>, %c: tensor<3x2xi32>, %r: tensor<1xi32>, %d: tensor<1xi32>, %w: tensor<2x2xf32>) {
  // expected-error @+1 {{there is a root and a depth for each tree, and 1 or 3 weights for each leaf}}
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w targets 3 : (tensor<4x2xf32>, tensor<3xi32>, tensor<3xf32>, tensor<3x2xi32>, tensor<1xi32>, tensor<1xi32>, tensor<2x2xf32>) -> tensor<4x3xf32>
  return
}

// -----
func.func @groups(%x: tensor<4x2xf32>, %f: tensor<3xi32>, %h: tensor<3xf32>, %c: tensor<3x2xi32>, %r: tensor<3xi32>, %d: tensor<3xi32>, %w: tensor<2x1xf32>) {
  // expected-error @+1 {{3 trees are not 2 groups of equal size}}
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w targets 2 : (tensor<4x2xf32>, tensor<3xi32>, tensor<3xf32>, tensor<3x2xi32>, tensor<3xi32>, tensor<3xi32>, tensor<2x1xf32>) -> tensor<4x2xf32>
  return
}

// -----
func.func @types(%x: tensor<4x2xf32>, %f: tensor<3xi32>, %h: tensor<3xf64>, %c: tensor<3x2xi32>, %r: tensor<1xi32>, %d: tensor<1xi32>, %w: tensor<2x1xf32>) {
  // expected-error @+1 {{x is f32; it, the limits and the weights must be of one type, f32 or f64}}
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w : (tensor<4x2xf32>, tensor<3xi32>, tensor<3xf64>, tensor<3x2xi32>, tensor<1xi32>, tensor<1xi32>, tensor<2x1xf32>) -> tensor<4x1xf32>
  return
}

// -----
func.func @places(%x: tensor<4x2xf32>, %f: tensor<3xi64>, %h: tensor<3xf32>, %c: tensor<3x2xi32>, %r: tensor<1xi32>, %d: tensor<1xi32>, %w: tensor<2x1xf32>) {
  // expected-error @+1 {{`feature`, `children`, `roots` and `depths` must be i32}}
  %y = inference.tree_ensemble %x, %f, %h, %c, %r, %d, %w : (tensor<4x2xf32>, tensor<3xi64>, tensor<3xf32>, tensor<3x2xi32>, tensor<1xi32>, tensor<1xi32>, tensor<2x1xf32>) -> tensor<4x1xf32>
  return
}
