// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(canonicalize))' --split-input-file | filecheck %s

// What is known at compile time is a property.
// CHECK-LABEL: @known
// CHECK:         inference.slice %x starts [1] ends [3] axes [0]
// CHECK:         inference.broadcast %x shape [2, 4, 3]
// CHECK:         inference.tile %x repeats [2, 1]
// CHECK:         inference.pad %x low [1, 0] high [0, 2]
func.func @known(%x: tensor<4x3xf32>) -> (tensor<2x3xf32>, tensor<2x4x3xf32>, tensor<8x3xf32>, tensor<5x5xf32>) {
  %1 = inference.constant dense<1> : tensor<1xi64>
  %3 = inference.constant dense<3> : tensor<1xi64>
  %s = inference.constant dense<[2, 4, 3]> : tensor<3xi64>
  %t = inference.constant dense<[2, 1]> : tensor<2xi64>
  %p = inference.constant dense<[1, 0, 0, 2]> : tensor<4xi64>
  %a = inference.slice %x begin %1 end %3 axes [0] : (tensor<4x3xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x3xf32>
  %b = inference.broadcast %x to %s : (tensor<4x3xf32>, tensor<3xi64>) -> tensor<2x4x3xf32>
  %c = inference.tile %x times %t : (tensor<4x3xf32>, tensor<2xi64>) -> tensor<8x3xf32>
  %d = inference.pad %x pads %p : (tensor<4x3xf32>, tensor<4xi64>) -> tensor<5x5xf32>
  return %a, %b, %c, %d : tensor<2x3xf32>, tensor<2x4x3xf32>, tensor<8x3xf32>, tensor<5x5xf32>
}

// -----
// A size that is only known at run time stays an operand.
// CHECK-LABEL: @not_known
// CHECK:         inference.tile %{{.*}} times
// CHECK:         inference.pad %{{.*}} pads
func.func @not_known(%x: tensor<4xf32>, %t: tensor<1xi64>, %p: tensor<2xi64>) -> (tensor<?xf32>, tensor<?xf32>) {
  %0 = inference.tile %x times %t : (tensor<4xf32>, tensor<1xi64>) -> tensor<?xf32>
  %1 = inference.pad %x pads %p : (tensor<4xf32>, tensor<2xi64>) -> tensor<?xf32>
  return %0, %1 : tensor<?xf32>, tensor<?xf32>
}
