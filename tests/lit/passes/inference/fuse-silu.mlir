// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fuse-silu))' --split-input-file | filecheck %s

// With and without a factor under the sigmoid, in either order.
// CHECK-LABEL: @silu
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NOT:     inference.sigmoid
// CHECK:         inference.silu %[[X]] :
// CHECK:         inference.silu %[[X]] beta 2.0
func.func @silu(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %c = inference.constant dense<2.0> : tensor<f32>
  %0 = inference.sigmoid %x : tensor<4xf32>
  %1 = inference.mul %x, %0 : tensor<4xf32>
  %2 = inference.mul %x, %c : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = inference.sigmoid %2 : tensor<4xf32>
  %4 = inference.mul %3, %x : tensor<4xf32>
  return %1, %4 : tensor<4xf32>, tensor<4xf32>
}

// -----
// CHECK-LABEL: @mish
// CHECK:         %[[Y:.+]] = inference.mish
// CHECK-NEXT:    return %[[Y]]
func.func @mish(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.softplus %x : tensor<4xf32>
  %1 = inference.tanh %0 : tensor<4xf32>
  %2 = inference.mul %x, %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----
// A gate of one value on another is no activation.
// CHECK-LABEL: @gates
// CHECK:         inference.sigmoid
// CHECK:         inference.tanh
func.func @gates(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.sigmoid %y : tensor<4xf32>
  %1 = inference.mul %x, %0 : tensor<4xf32>
  %2 = inference.tanh %x : tensor<4xf32>
  %3 = inference.mul %1, %2 : tensor<4xf32>
  return %3 : tensor<4xf32>
}
