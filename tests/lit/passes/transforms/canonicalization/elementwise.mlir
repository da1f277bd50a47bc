// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(canonicalize))' --split-input-file | filecheck %s

// CHECK-LABEL: @constant_on_the_left
// CHECK:         inference.add %x, %
// CHECK:         inference.mul %x, %
// CHECK:         inference.sub %c, %x
func.func @constant_on_the_left(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %c = inference.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %0 = inference.add %c, %x : tensor<3xf32>
  %1 = inference.mul %c, %x : tensor<3xf32>
  %2 = inference.sub %c, %x : tensor<3xf32>
  return %0, %1, %2 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----
// Adding nothing, scaling by one.
// CHECK-LABEL: @neutral
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3xf32>
// CHECK-NEXT:    return %[[X]]
func.func @neutral(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %zero = inference.constant dense<0.0> : tensor<f32>
  %ones = inference.constant dense<1.0> : tensor<3xf32>
  %0 = inference.add %zero, %x : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = inference.mul %0, %ones : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %2 = inference.sub %1, %zero : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %3 = inference.div %2, %ones : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}

// -----
// Adding a zero that makes the result larger is a broadcast.
// CHECK-LABEL: @neutral_broadcasts
// CHECK:         inference.add
func.func @neutral_broadcasts(%x: tensor<3xf32>) -> tensor<2x3xf32> {
  %zero = inference.constant dense<0.0> : tensor<2x3xf32>
  %0 = inference.add %x, %zero : (tensor<3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----
// Two constants become one.
// CHECK-LABEL: @two_constants
// CHECK:         %[[C:.+]] = inference.constant dense<[5.000000e+00, 6.000000e+00, 7.000000e+00]>
// CHECK:         inference.add %{{.*}}, %[[C]]
// CHECK-NOT:     inference.add
func.func @two_constants(%x: tensor<3xf32>) -> tensor<3xf32> {
  %c = inference.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %d = inference.constant dense<4.0> : tensor<f32>
  %0 = inference.add %x, %c : tensor<3xf32>
  %1 = inference.add %0, %d : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  return %1 : tensor<3xf32>
}

// -----
// Nothing is saved where the inner sum is needed anyway, where an operand is not constant, or where the ops differ.
// CHECK-LABEL: @constants_stay_apart
// CHECK-COUNT-3: inference.add
// CHECK:         inference.mul
func.func @constants_stay_apart(%x: tensor<3xf32>, %y: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %c = inference.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %0 = inference.add %x, %c : tensor<3xf32>
  %1 = inference.add %0, %c : tensor<3xf32>
  %2 = inference.add %0, %y : tensor<3xf32>
  %3 = inference.mul %2, %c : tensor<3xf32>
  return %0, %1, %3 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----
// A row and a column combined would be a matrix.
// CHECK-LABEL: @row_and_column
// CHECK-COUNT-2: inference.add
func.func @row_and_column(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %c = inference.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %d = inference.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %0 = inference.add %x, %c : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %1 = inference.add %0, %d : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----
// CHECK-LABEL: @subtract
// CHECK:         %[[C:.+]] = inference.constant dense<[-1.000000e+00, 2.000000e+00]>
// CHECK:         inference.add %{{.*}}, %[[C]]
func.func @subtract(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = inference.constant dense<[1.0, -2.0]> : tensor<2xf32>
  %0 = inference.sub %x, %c : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----
// CHECK-LABEL: @divide
// CHECK:         %[[C:.+]] = inference.constant dense<[2.500000e-01, -5.000000e-01]>
// CHECK:         inference.mul %{{.*}}, %[[C]]
func.func @divide(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = inference.constant dense<[4.0, -2.0]> : tensor<2xf32>
  %0 = inference.div %x, %c : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----
// A division stays where the reciprocal is not a number of the type, the divisor is not a constant, or it is one division.
// CHECK-LABEL: @divisions_that_stay
// CHECK-COUNT-4: inference.div
func.func @divisions_that_stay(%x: tensor<2xf32>, %i: tensor<2xi32>, %r: tensor<f32>) -> (tensor<2xf32>, tensor<2xi32>, tensor<2xf32>, tensor<f32>) {
  %levels = inference.constant dense<255.0> : tensor<f32>
  %3 = inference.div %r, %levels : tensor<f32>
  %zero = inference.constant dense<[4.0, 0.0]> : tensor<2xf32>
  %two = inference.constant dense<2> : tensor<2xi32>
  %w = inference.constant #inference.weight<"w"> : tensor<2xf32>
  %0 = inference.div %x, %zero : tensor<2xf32>
  %1 = inference.div %i, %two : tensor<2xi32>
  %2 = inference.div %x, %w : tensor<2xf32>
  return %0, %1, %2, %3 : tensor<2xf32>, tensor<2xi32>, tensor<2xf32>, tensor<f32>
}

// -----
// Once is enough.
// CHECK-LABEL: @abs_of_abs
// CHECK-COUNT-1: inference.abs
// CHECK-NOT:     inference.abs
func.func @abs_of_abs(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = inference.abs %x : tensor<2xf32>
  %1 = inference.abs %0 : tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----
// Reversed twice is as before.
// CHECK-LABEL: @negated_twice
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2xf32>
// CHECK-NEXT:    return %[[X]]
func.func @negated_twice(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = inference.neg %x : tensor<2xf32>
  %1 = inference.neg %0 : tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----
// And and or do not associate with each other.
// CHECK-LABEL: @two_functions
// CHECK:         inference.logical %{{.*}} fn or
func.func @two_functions(%x: tensor<2xi1>) -> tensor<2xi1> {
  %c = inference.constant dense<[true, false]> : tensor<2xi1>
  %0 = inference.logical %x, %c fn and : tensor<2xi1>
  %1 = inference.logical %0, %c fn or : tensor<2xi1>
  return %1 : tensor<2xi1>
}
