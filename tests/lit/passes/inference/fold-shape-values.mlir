// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fold-shape-values,canonicalize))' --split-input-file | filecheck %s

// Batch and sequence stay, the last dimension is split: as exporters write it for attention heads.
// CHECK-LABEL: @split_heads
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x?x12xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.reshape %[[X]] shape ["d0", "d1", 3, 4]
// CHECK-NEXT:    return %[[Y]]
func.func @split_heads(%x: tensor<?x?x12xf32> {inference.dims = ["batch", "seq", 12]}) -> tensor<?x?x3x4xf32> {
  %c = inference.constant dense<[3, 4]> : tensor<2xi64>
  %0 = inference.shape_of %x start 0 end 2 : (tensor<?x?x12xf32>) -> tensor<2xi64>
  %1 = inference.concat %0, %c : (tensor<2xi64>, tensor<2xi64>) -> tensor<4xi64>
  %2 = inference.reshape %x to %1 : (tensor<?x?x12xf32>, tensor<4xi64>) -> tensor<?x?x3x4xf32>
  return %2 : tensor<?x?x3x4xf32>
}

// -----
// One unknown dimension is what is left over.
// CHECK-LABEL: @flatten
// CHECK-NEXT:    inference.reshape %{{.*}} shape [-1, 12]
// CHECK-NEXT:    return
func.func @flatten(%x: tensor<?x3x4xf32>) -> tensor<?x12xf32> {
  %c = inference.constant dense<[-1]> : tensor<1xi64>
  %0 = inference.shape_of %x start 0 end 1 : (tensor<?x3x4xf32>) -> tensor<1xi64>
  %1 = inference.concat %0, %c : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %2 = inference.reshape %x to %1 : (tensor<?x3x4xf32>, tensor<2xi64>) -> tensor<?x12xf32>
  return %2 : tensor<?x12xf32>
}

// -----
// A product of dimensions is written over the operand's own.
// CHECK-LABEL: @merged
// CHECK-NEXT:    inference.reshape %{{.*}} shape ["d0*d1", "2*d2"]
func.func @merged(%x: tensor<?x?x?x2xf32> {inference.dims = ["a", "b", "c", 2]}) -> tensor<?x?xf32> {
  %s = inference.shape_of %x : (tensor<?x?x?x2xf32>) -> tensor<4xi64>
  %a, %b, %c, %d = inference.split %s sizes [1, 1, 1, 1] : (tensor<4xi64>) -> (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>)
  %0 = inference.mul %a, %b : tensor<1xi64>
  %1 = inference.mul %c, %d : tensor<1xi64>
  %2 = inference.concat %0, %1 : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %3 = inference.reshape %x to %2 : (tensor<?x?x?x2xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %3 : tensor<?x?xf32>
}

// -----
// The shape of another tensor is not made of x's dimensions; one such dimension is what is left over, two are not.
// CHECK-LABEL: @shape_of_another
// CHECK:         inference.reshape %{{.*}} to %
func.func @shape_of_another(%x: tensor<?xf32> {inference.dims = ["a*b"]}, %y: tensor<?x?xf32> {inference.dims = ["a", "b"]}) -> tensor<?x?xf32> {
  %0 = inference.shape_of %y : (tensor<?x?xf32>) -> tensor<2xi64>
  %1 = inference.reshape %x to %0 : (tensor<?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %1 : tensor<?x?xf32>
}

// -----
// A target that went through floating point is not followed.
// CHECK-LABEL: @target_not_followed
// CHECK:         inference.reshape %{{.*}} to %
func.func @target_not_followed(%x: tensor<?x4xf32>) -> tensor<?x?xf32> {
  %0 = inference.shape_of %x : (tensor<?x4xf32>) -> tensor<2xi64>
  %1 = inference.cast %0 to f32 : (tensor<2xi64>) -> tensor<2xf32>
  %2 = inference.cast %1 to i64 : (tensor<2xf32>) -> tensor<2xi64>
  %3 = inference.reshape %x to %2 : (tensor<?x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %3 : tensor<?x?xf32>
}

// -----
// Elements that are numbers are a constant.
// CHECK-LABEL: @known_elements
// CHECK-NEXT:    %[[C:.+]] = inference.constant dense<8> : tensor<1xi64>
// CHECK-NEXT:    return %[[C]]
func.func @known_elements(%x: tensor<?x4xf32>) -> tensor<1xi64> {
  %two = inference.constant dense<[2]> : tensor<1xi64>
  %0 = inference.shape_of %x start 1 : (tensor<?x4xf32>) -> tensor<1xi64>
  %1 = inference.mul %0, %two : tensor<1xi64>
  return %1 : tensor<1xi64>
}

// -----
// A function without a body has nothing to fold.
// CHECK-LABEL: @declared
func.func private @declared(tensor<?xf32>) -> tensor<?xf32>
