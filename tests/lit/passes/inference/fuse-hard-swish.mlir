// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fuse-hard-swish))' --split-input-file | filecheck %s

// As torch exports it.
// CHECK-LABEL: @from_clamp
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.hard_swish %[[X]]
// CHECK-NEXT:    return %[[Y]]
func.func @from_clamp(%x: tensor<4xf32>) -> tensor<4xf32> {
  %three = inference.constant dense<3.0> : tensor<f32>
  %sixth = inference.constant dense<0.16666667> : tensor<f32>
  %0 = inference.add %x, %three : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = inference.clamp %0 low 0.0 high 6.0 : tensor<4xf32>
  %2 = inference.mul %x, %1 : tensor<4xf32>
  %3 = inference.mul %2, %sixth : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----
// The gate alone is a hard sigmoid, which with x is a hard swish.
// CHECK-LABEL: @gate_alone
// CHECK:         inference.hard_sigmoid %{{.*}} alpha
// CHECK-NOT:     inference.clamp
func.func @gate_alone(%x: tensor<4xf32>) -> tensor<4xf32> {
  %three = inference.constant dense<3.0> : tensor<f32>
  %sixth = inference.constant dense<0.16666667> : tensor<f32>
  %0 = inference.add %x, %three : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = inference.clamp %0 low 0.0 high 6.0 : tensor<4xf32>
  %2 = inference.mul %1, %sixth : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----
// CHECK-LABEL: @from_hard_sigmoid
// CHECK:         inference.hard_swish
func.func @from_hard_sigmoid(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.hard_sigmoid %x alpha 0.16666667 beta 0.5 : tensor<4xf32>
  %1 = inference.mul %0, %x : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----
// Other numbers, another value, three factors.
// CHECK-LABEL: @not_hard_swish
// CHECK-NOT:     hard_s
// CHECK:         return
func.func @not_hard_swish(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %two = inference.constant dense<2.0> : tensor<f32>
  %sixth = inference.constant dense<0.16666667> : tensor<f32>
  %0 = inference.add %x, %two : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = inference.clamp %0 low 0.0 high 6.0 : tensor<4xf32>
  %2 = inference.mul %1, %sixth : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = inference.mul %y, %sixth : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %4 = inference.mul %x, %y : tensor<4xf32>
  %5 = inference.mul %4, %y : tensor<4xf32>
  return %2, %3, %4, %5 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
