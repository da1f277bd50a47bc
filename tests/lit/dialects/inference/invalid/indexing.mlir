// RUN: infer-opt %s --split-input-file --verify-diagnostics

// There is no element 1.5.
func.func @gather(%x: tensor<5x4xf32>, %i: tensor<2xf32>) {
  // expected-error @+1 {{inference.gather: indices are f32, must be i32 or i64}}
  %0 = inference.gather %x, %i : (tensor<5x4xf32>, tensor<2xf32>) -> tensor<2x4xf32>
  return
}

// -----
// The axis is one of x's.
func.func @axis(%x: tensor<5x4xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{axis 2 is outside of x, which has rank 2}}
  %0 = inference.gather %x, %i axis 2 : (tensor<5x4xf32>, tensor<2xi64>) -> tensor<5x4xf32>
  return
}

// -----
// One index per element, so of x's rank.
func.func @elements(%x: tensor<3x3xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{indices 2 need the rank of x 3x3}}
  %0 = inference.gather_elements %x, %i axis 1 : (tensor<3x3xf32>, tensor<2xi64>) -> tensor<2xf32>
  return
}

// -----
// A tuple has no more entries than x has dimensions.
func.func @tuples(%x: tensor<2x2xf32>, %i: tensor<4x3xi64>) {
  // expected-error @+1 {{index tuples have 3 entries, x has rank 2}}
  %0 = inference.gather_nd %x, %i : (tensor<2x2xf32>, tensor<4x3xi64>) -> tensor<4xf32>
  return
}

// -----
// How many it has is not decided at run time.
func.func @unknown(%x: tensor<2x2xf32>, %i: tensor<4x?xi64>) {
  // expected-error @+1 {{the length of the index tuples must be known}}
  %0 = inference.gather_nd %x, %i : (tensor<2x2xf32>, tensor<4x?xi64>) -> tensor<4xf32>
  return
}

// -----
// One update per index.
func.func @updates(%x: tensor<1x5xf32>, %i: tensor<1x2xi64>, %u: tensor<1x3xf32>) {
  // expected-error @+1 {{indices 1x2 and updates 1x3 need one shape}}
  %0 = inference.scatter_elements %x, %i, %u axis 1 : (tensor<1x5xf32>, tensor<1x2xi64>, tensor<1x3xf32>) -> tensor<1x5xf32>
  return
}

// -----
// An update fills what a tuple leaves of x.
func.func @slices(%x: tensor<8x3xf32>, %i: tensor<4x1xi64>, %u: tensor<4xf32>) {
  // expected-error @+1 {{updates are 4 for indices 4x1 of x 8x3, must have rank 2}}
  %0 = inference.scatter_nd %x, %i, %u : (tensor<8x3xf32>, tensor<4x1xi64>, tensor<4xf32>) -> tensor<8x3xf32>
  return
}

// -----
// What is written is of x's type.
func.func @types(%x: tensor<8xf32>, %i: tensor<4x1xi64>, %u: tensor<4xi32>) {
  // expected-error @+1 {{updates are i32, x is f32; insert a cast}}
  %0 = inference.scatter_nd %x, %i, %u : (tensor<8xf32>, tensor<4x1xi64>, tensor<4xi32>) -> tensor<8xf32>
  return
}

// -----
// A mask is of booleans.
func.func @compress(%x: tensor<3x4xf32>, %c: tensor<4xi8>) {
  // expected-error @+1 {{the condition is i8, must be i1}}
  %0 = inference.compress %x, %c axis 1 : (tensor<3x4xf32>, tensor<4xi8>) -> tensor<3x?xf32>
  return
}

// -----
// Off the axis there is an index for places that x has.
func.func @reach(%x: tensor<3x3xf32>, %i: tensor<4x2xi64>) {
  // expected-error @+1 {{indices 4x2 reach beyond x 3x3 off axis 1}}
  %0 = inference.gather_elements %x, %i axis 1 : (tensor<3x3xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
  return
}

// -----
// A tuple is a dimension.
func.func @scalar(%x: tensor<2x2xf32>, %i: tensor<i64>) {
  // expected-error @+1 {{indices are a scalar, need a dimension of index tuples}}
  %0 = inference.gather_nd %x, %i : (tensor<2x2xf32>, tensor<i64>) -> tensor<2xf32>
  return
}

// -----
// Every sample has its tuples.
func.func @batch(%x: tensor<2x2xf32>, %i: tensor<3x1xi64>) {
  // expected-error @+1 {{x 2x2 and indices 3x1 do not share 1 leading dimensions}}
  %0 = inference.gather_nd %x, %i batch_dims 1 : (tensor<2x2xf32>, tensor<3x1xi64>) -> tensor<3xf32>
  return
}
