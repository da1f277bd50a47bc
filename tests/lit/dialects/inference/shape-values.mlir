// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// The same bits as another element type of the same width.
// CHECK-LABEL: @bitcast
// CHECK:         inference.bitcast %{{.*}} to i32 : (tensor<4xf32>) -> tensor<4xi32>
func.func @bitcast(%x: tensor<4xf32>) -> tensor<4xi32> {
  %ry = inference.bitcast %x to i32 : (tensor<4xf32>) -> tensor<4xi32>
  return %ry : tensor<4xi32>
}

// -----
// The same numbers in another element type.
// CHECK-LABEL: @cast
// CHECK:         inference.cast %{{.*}} to i64 : (tensor<4xf32>) -> tensor<4xi64>
func.func @cast(%x: tensor<4xf32>) -> tensor<4xi64> {
  %ry = inference.cast %x to i64 : (tensor<4xf32>) -> tensor<4xi64>
  return %ry : tensor<4xi64>
}

// -----
// A tensor whose every element is the same.
// CHECK-LABEL: @fill
// CHECK:         inference.fill %{{.*}}, %{{.*}} : (tensor<2xi64>, tensor<f32>) -> tensor<?x?xf32>
func.func @fill(%s: tensor<2xi64>, %v: tensor<f32>) -> tensor<?x?xf32> {
  %ry = inference.fill %s, %v : (tensor<2xi64>, tensor<f32>) -> tensor<?x?xf32>
  return %ry : tensor<?x?xf32>
}

// -----
// start, start + step, ... before limit; three scalars.
// CHECK-LABEL: @range
// CHECK:         inference.range %{{.*}}, %{{.*}}, %{{.*}} : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
func.func @range(%a: tensor<i64>, %b: tensor<i64>, %c: tensor<i64>) -> tensor<?xi64> {
  %ry = inference.range %a, %b, %c : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  return %ry : tensor<?xi64>
}

// -----
// The dimensions of x, i64: those from `start` to before `end`.
// CHECK-LABEL: @shape_of
// CHECK:         inference.shape_of %{{.*}} start 1 : (tensor<?x3x4xf32>) -> tensor<2xi64>
func.func @shape_of(%x: tensor<?x3x4xf32>) -> tensor<2xi64> {
  %rs = inference.shape_of %x start 1 : (tensor<?x3x4xf32>) -> tensor<2xi64>
  return %rs : tensor<2xi64>
}

// -----
// x, as it is; an error where its dimensions are not those of `shape`. What has no rank gets one.
// CHECK-LABEL: @ensure_shape
// CHECK:         inference.ensure_shape %{{.*}} shape [6, -1] : (tensor<?x?xf32>) -> tensor<6x?xf32>
// CHECK:         inference.ensure_shape %{{.*}} shape [-1, 4] : (tensor<*xf32>) -> tensor<?x4xf32>
func.func @ensure_shape(%x: tensor<?x?xf32>, %y: tensor<*xf32>) -> (tensor<6x?xf32>, tensor<?x4xf32>) {
  %0 = inference.ensure_shape %x shape [6, -1] : (tensor<?x?xf32>) -> tensor<6x?xf32>
  %1 = inference.ensure_shape %y shape [-1, 4] : (tensor<*xf32>) -> tensor<?x4xf32>
  return %0, %1 : tensor<6x?xf32>, tensor<?x4xf32>
}
