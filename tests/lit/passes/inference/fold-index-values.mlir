// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fold-index-values))' --split-input-file | filecheck %s

// Positions compared with their own successors are the same everywhere: a mask that hides nothing.
// CHECK-LABEL: @packed
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x?xi1>
// CHECK:         %[[TRUE:.+]] = inference.constant dense<true> : tensor<i1>
// CHECK:         inference.logical %[[X]], %[[TRUE]] : (tensor<?x?xi1>, tensor<i1>)
func.func @packed(%x: tensor<?x?xi1> {inference.dims = ["b", "s"]}) -> tensor<?x?xi1> {
  %n0 = inference.constant dense<0> : tensor<i64>
  %n1 = inference.constant dense<1> : tensor<i64>
  %axis = inference.constant dense<-1> : tensor<i64>
  %s1 = inference.shape_of %x start 1 : (tensor<?x?xi1>) -> tensor<1xi64>
  %shape = inference.shape_of %x : (tensor<?x?xi1>) -> tensor<2xi64>
  %s = inference.reshape %s1 shape [] : (tensor<1xi64>) -> tensor<i64>
  %i = inference.range %n0, %s, %n1 : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  %row = inference.reshape %i shape [1, -1] : (tensor<?xi64>) -> tensor<1x?xi64>
  %places = inference.broadcast %row to %shape : (tensor<1x?xi64>, tensor<2xi64>) -> tensor<?x?xi64>
  %first = inference.slice %places starts [0] ends [1] axes [1] : (tensor<?x?xi64>) -> tensor<?x1xi64>
  %before = inference.sub %first, %n1 : (tensor<?x1xi64>, tensor<i64>) -> tensor<?x1xi64>
  %all = inference.concat %before, %places axis 1 : (tensor<?x1xi64>, tensor<?x?xi64>) -> tensor<?x?xi64>
  %s2 = inference.add %s1, %n1 : (tensor<1xi64>, tensor<i64>) -> tensor<1xi64>
  %left = inference.slice %all end %s1 starts [0] axes [1] : (tensor<?x?xi64>, tensor<1xi64>) -> tensor<?x?xi64>
  %right = inference.slice %all end %s2 starts [1] axes [1] : (tensor<?x?xi64>, tensor<1xi64>) -> tensor<?x?xi64>
  %steps = inference.sub %right, %left : tensor<?x?xi64>
  %new = inference.compare %steps, %n1 pred ne : (tensor<?x?xi64>, tensor<i64>) -> tensor<?x?xi1>
  %count = inference.cast %new to i64 : (tensor<?x?xi1>) -> tensor<?x?xi64>
  %sequence = inference.cumulate %count, %axis : (tensor<?x?xi64>, tensor<i64>) -> tensor<?x?xi64>
  %same = inference.compare %sequence, %sequence : (tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?xi1>
  %y = inference.logical %x, %same : tensor<?x?xi1>
  return %y : tensor<?x?xi1>
}

// -----
// Indices that count every element in order are a view; those that skip the first are not.
// CHECK-LABEL: @grid
// CHECK:         inference.reshape %x shape [1, 1, 3, 2]
// CHECK:         inference.gather_nd
func.func @grid(%x: tensor<3x2xf32>) -> (tensor<1x1x3x2xf32>, tensor<1x2xf32>) {
  %i = inference.constant dense<[[[[[0, 0], [0, 1]], [[1, 0], [1, 1]], [[2, 0], [2, 1]]]]]> : tensor<1x1x3x2x2xi64>
  %j = inference.constant dense<[[[1, 0], [1, 1]]]> : tensor<1x2x2xi64>
  %y = inference.gather_nd %x, %i : (tensor<3x2xf32>, tensor<1x1x3x2x2xi64>) -> tensor<1x1x3x2xf32>
  %z = inference.gather_nd %x, %j : (tensor<3x2xf32>, tensor<1x2x2xi64>) -> tensor<1x2xf32>
  return %y, %z : tensor<1x1x3x2xf32>, tensor<1x2xf32>
}

// -----
// One row for all is added as a row; where the shape is needed, it stays.
// CHECK-LABEL: @token_types
// CHECK:         %[[ROW:.+]] = inference.gather %t, %{{.+}} : (tensor<2x4xf32>, tensor<i64>) -> tensor<4xf32>
// CHECK:         inference.add %x, %[[ROW]]
// CHECK:         inference.gather %t, %{{.+}} : (tensor<2x4xf32>, tensor<1x3xi64>) -> tensor<1x3x4xf32>
func.func @token_types(%t: tensor<2x4xf32>, %x: tensor<1x3x4xf32>, %u: tensor<1x3x2xi64>) -> (tensor<1x3x4xf32>, tensor<1x3x4xf32>) {
  %zeros = inference.constant dense<0> : tensor<1x3xi64>
  %ones = inference.constant dense<1> : tensor<1x3xi64>
  %all = inference.constant dense<1> : tensor<1x3x2xi64>
  %i = inference.gather_elements %zeros, %zeros axis 1 : (tensor<1x3xi64>, tensor<1x3xi64>) -> tensor<1x3xi64>
  %0 = inference.gather %t, %i : (tensor<2x4xf32>, tensor<1x3xi64>) -> tensor<1x3x4xf32>
  %1 = inference.add %x, %0 : tensor<1x3x4xf32>
  %2 = inference.gather %t, %ones : (tensor<2x4xf32>, tensor<1x3xi64>) -> tensor<1x3x4xf32>
  return %1, %2 : tensor<1x3x4xf32>, tensor<1x3x4xf32>
}

// -----
// Indices from the caller say nothing; neither does a grid whose axes change places.
// CHECK-LABEL: @unknown
// CHECK-COUNT-2: inference.gather_nd
func.func @unknown(%x: tensor<2x2xf32>, %i: tensor<3x2xi64>) -> (tensor<3xf32>, tensor<2x2xf32>) {
  %turned = inference.constant dense<[[[0, 0], [1, 0]], [[0, 1], [1, 1]]]> : tensor<2x2x2xi64>
  %y = inference.gather_nd %x, %i : (tensor<2x2xf32>, tensor<3x2xi64>) -> tensor<3xf32>
  %z = inference.gather_nd %x, %turned : (tensor<2x2xf32>, tensor<2x2x2xi64>) -> tensor<2x2xf32>
  return %y, %z : tensor<3xf32>, tensor<2x2xf32>
}
