// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(infer-shapes))' --split-input-file | filecheck %s

// What follows from the arguments is written into the types, the function's result type too.
// CHECK-LABEL: @known
// CHECK-SAME:    -> tensor<8x8xf32>
// CHECK:         inference.reshape %{{.*}} -> tensor<8x8xf32>
// CHECK:         inference.relu %{{.*}} : tensor<8x8xf32>
func.func @known(%x: tensor<2x4x8xf32>) -> tensor<?x8xf32> {
  %0 = inference.reshape %x shape [-1, 8] : (tensor<2x4x8xf32>) -> tensor<?x8xf32>
  %1 = inference.relu %0 : tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// -----
// What the input decides stays open.
// CHECK-LABEL: @open
// CHECK-SAME:    -> tensor<?x8xf32>
func.func @open(%x: tensor<?x4x8xf32>) -> tensor<?x8xf32> {
  %0 = inference.reshape %x shape [-1, 8] : (tensor<?x4x8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// -----
// A caller has been told a type: it stays, and so do the results of calls.
// CHECK-LABEL: func.func @caller
// CHECK:         call @callee(%{{.*}}) : (tensor<2x4xf32>) -> tensor<?xf32>
// CHECK-LABEL: func.func @callee
// CHECK-SAME:    -> tensor<?xf32>
func.func @caller(%x: tensor<2x4xf32>) -> tensor<?xf32> {
  %0 = func.call @callee(%x) : (tensor<2x4xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @callee(%x: tensor<2x4xf32>) -> tensor<?xf32> {
  %0 = inference.reshape %x shape [-1] : (tensor<2x4xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----
// CHECK-LABEL: @declared
func.func private @declared(tensor<?xf32>) -> tensor<?xf32>

// -----
// A function of the host says nothing about its result; what is declared holds.
// CHECK-LABEL: @host_function
// CHECK:         inference.relu %{{.*}} : tensor<?xf32>
func.func @host_function(%x: tensor<1x3xf32>) -> tensor<?xf32> {
  %a = inference.constant dense<0> : tensor<1xi64>
  %0 = inference.host_call %x, %a callee "squeeze" : (tensor<1x3xf32>, tensor<1xi64>) -> tensor<?xf32>
  %1 = inference.relu %0 : tensor<?xf32>
  return %1 : tensor<?xf32>
}
