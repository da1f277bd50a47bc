// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fuse-gelu))' --split-input-file | filecheck %s

// CHECK-LABEL: @gelu
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.gelu %[[X]] :
// CHECK-NEXT:    return %[[Y]]
func.func @gelu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = inference.constant dense<0.70710677> : tensor<f32>
  %one = inference.constant dense<1.0> : tensor<f32>
  %half = inference.constant dense<0.5> : tensor<f32>
  %0 = inference.mul %x, %c : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = inference.erf %0 : tensor<4xf32>
  %2 = inference.add %1, %one : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = inference.mul %x, %2 : tensor<4xf32>
  %4 = inference.mul %3, %half : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %4 : tensor<4xf32>
}

// -----
// The half may stand at x as well.
// CHECK-LABEL: @half_first
// CHECK:         inference.gelu
// CHECK-NOT:     inference.erf
func.func @half_first(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = inference.constant dense<0.70710677> : tensor<f32>
  %one = inference.constant dense<1.0> : tensor<f32>
  %half = inference.constant dense<0.5> : tensor<f32>
  %h = inference.mul %x, %half : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %0 = inference.mul %x, %c : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = inference.erf %0 : tensor<4xf32>
  %2 = inference.add %one, %1 : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = inference.mul %2, %h : tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----
// The tanh approximation, the cube as a power.
// CHECK-LABEL: @tanh_power
// CHECK:         inference.gelu %{{.*}} approximate tanh
// CHECK-NOT:     inference.tanh
func.func @tanh_power(%x: tensor<4xf32>) -> tensor<4xf32> {
  %three = inference.constant dense<3.0> : tensor<f32>
  %a = inference.constant dense<0.044715> : tensor<f32>
  %b = inference.constant dense<0.7978846> : tensor<f32>
  %one = inference.constant dense<1.0> : tensor<f32>
  %half = inference.constant dense<0.5> : tensor<f32>
  %0 = inference.pow %x, %three : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = inference.mul %0, %a : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %2 = inference.add %x, %1 : tensor<4xf32>
  %3 = inference.mul %2, %b : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %4 = inference.tanh %3 : tensor<4xf32>
  %5 = inference.add %4, %one : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %6 = inference.mul %x, %half : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %7 = inference.mul %6, %5 : tensor<4xf32>
  return %7 : tensor<4xf32>
}

// -----
// The tanh approximation, x taken out of the sum.
// CHECK-LABEL: @tanh_factored
// CHECK:         inference.gelu %{{.*}} approximate tanh
func.func @tanh_factored(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = inference.constant dense<0.044715> : tensor<f32>
  %b = inference.constant dense<0.7978846> : tensor<f32>
  %one = inference.constant dense<1.0> : tensor<f32>
  %half = inference.constant dense<0.5> : tensor<f32>
  %0 = inference.mul %x, %x : tensor<4xf32>
  %1 = inference.mul %0, %a : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %2 = inference.add %1, %one : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %u = inference.mul %x, %b : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = inference.mul %u, %2 : tensor<4xf32>
  %4 = inference.tanh %3 : tensor<4xf32>
  %5 = inference.add %4, %one : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %6 = inference.mul %x, %half : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %7 = inference.mul %6, %5 : tensor<4xf32>
  return %7 : tensor<4xf32>
}

// -----
// Another number under erf, another cubic under tanh: not gelu.
// CHECK-LABEL: @other_numbers
// CHECK:         inference.erf
// CHECK:         inference.tanh
func.func @other_numbers(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = inference.constant dense<1.0> : tensor<f32>
  %half = inference.constant dense<0.5> : tensor<f32>
  %h = inference.mul %x, %half : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = inference.erf %x : tensor<4xf32>
  %2 = inference.add %one, %1 : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = inference.mul %2, %h : tensor<4xf32>
  %g = inference.mul %3, %half : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %4 = inference.tanh %3 : tensor<4xf32>
  %5 = inference.add %one, %4 : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %6 = inference.mul %5, %g : tensor<4xf32>
  return %6 : tensor<4xf32>
}
