// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(check-declared-shapes))' | filecheck %s
// RUN: infer-opt %s --pass-pipeline='builtin.module(inference-none)' | filecheck %s --check-prefix=ALL

// What the argument leaves open is checked before anything relies on it; what is declared of the argument itself is the caller's to keep.
// CHECK-LABEL: @declared
// CHECK:         %[[RELU:.+]] = inference.relu %x : tensor<?x4xf32>
// CHECK:         %[[SURE:.+]] = inference.ensure_shape %[[RELU]] shape [6, 4] : (tensor<?x4xf32>) -> tensor<6x4xf32>
// CHECK:         inference.exp %[[SURE]] : tensor<6x4xf32>
// ALL-LABEL:   @declared
// ALL:           inference.ensure_shape
// ALL-NOT:       inference.ensure_shape
// ALL-LABEL:   @proven
func.func @declared(%x: tensor<?x4xf32>) -> tensor<6x4xf32> {
  %0 = inference.relu %x : (tensor<?x4xf32>) -> tensor<6x4xf32>
  %1 = inference.exp %0 : tensor<6x4xf32>
  return %1 : tensor<6x4xf32>
}

// A shape that the values of its operand prove needs no check.
// CHECK-LABEL: @proven
// CHECK-NOT:     ensure_shape
// CHECK:         inference.broadcast %x to %{{.*}} -> tensor<6x4xf32>
func.func @proven(%x: tensor<4xf32>, %y: tensor<6x4xi64>) -> tensor<6x4xf32> {
  %0 = inference.shape_of %y : (tensor<6x4xi64>) -> tensor<2xi64>
  %1 = inference.broadcast %x to %0 : (tensor<4xf32>, tensor<2xi64>) -> tensor<6x4xf32>
  return %1 : tensor<6x4xf32>
}

// A number of elements that the data decide is only known once it is there.
// CHECK-LABEL: @decided_by_data
// CHECK:         %[[FOUND:.+]] = inference.non_zero %x : (tensor<8xf32>) -> tensor<1x?xi64>
// CHECK:         inference.ensure_shape %[[FOUND]] shape [1, 3] : (tensor<1x?xi64>) -> tensor<1x3xi64>
func.func @decided_by_data(%x: tensor<8xf32>) -> tensor<1x3xi64> {
  %0 = inference.non_zero %x : (tensor<8xf32>) -> tensor<1x3xi64>
  return %0 : tensor<1x3xi64>
}

// What the body of a loop declares of its carried value holds in no run but the first, and only if it starts so.
// CHECK-LABEL: @carried
// CHECK:       ^bb0(%{{.*}}: tensor<i64>, %{{.*}}: tensor<i1>, %[[V:.+]]: tensor<?x4xf32>):
// CHECK-NEXT:    inference.ensure_shape %[[V]] shape [6, 4]
func.func @carried(%x: tensor<?x4xf32>, %n: tensor<i64>) -> tensor<?x4xf32> {
  %0 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<6x4xf32>):
    %t = inference.tanh %v : tensor<6x4xf32>
    inference.yield %go, %t : (tensor<i1>, tensor<6x4xf32>) -> ()
  } : (tensor<i64>, tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
