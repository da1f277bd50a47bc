// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(canonicalize))' --split-input-file | filecheck %s

// The ranges meet in one; with relu's it is relu.
// CHECK-LABEL: @clamps
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NEXT:    inference.clamp %[[X]] low 0.0 high 3.0
// CHECK-NEXT:    inference.relu %[[X]]
// CHECK-NOT:     inference
func.func @clamps(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = inference.clamp %x low -1.0 high 3.0 : tensor<4xf32>
  %1 = inference.relu %0 : tensor<4xf32>
  %2 = inference.clamp %x low -2.0 : tensor<4xf32>
  %3 = inference.relu %2 : tensor<4xf32>
  return %1, %3 : tensor<4xf32>, tensor<4xf32>
}

// -----
// Ranges that do not meet: everything becomes the nearer bound of the second.
// CHECK-LABEL: @ranges_apart
// CHECK-COUNT-2: inference.clamp
func.func @ranges_apart(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.clamp %x low 0.0 high 1.0 : tensor<4xf32>
  %1 = inference.clamp %0 low 2.0 high 3.0 : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----
// CHECK-LABEL: @simple_clamps
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.relu %[[X]]
// CHECK-NEXT:    return %[[X]], %[[Y]]
func.func @simple_clamps(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = inference.clamp %x : tensor<4xf32>
  %1 = inference.clamp %x low 0.0 : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// -----
// min(max(x, 0), 6), as older exporters write relu6.
// CHECK-LABEL: @clamp_by_constants
// CHECK:         inference.clamp %{{.*}} low 0.0 high 6.0
// CHECK-NOT:     imum
func.func @clamp_by_constants(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = inference.constant dense<0.0> : tensor<f32>
  %six = inference.constant dense<6.0> : tensor<f32>
  %0 = inference.maximum %x, %zero : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = inference.minimum %0, %six : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----
// Bounds that differ, or integers.
// CHECK-LABEL: @bounds_stay
// CHECK-COUNT-2: inference.maximum
func.func @bounds_stay(%x: tensor<2xf32>, %i: tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>) {
  %c = inference.constant dense<[0.0, 1.0]> : tensor<2xf32>
  %d = inference.constant dense<1> : tensor<2xi32>
  %0 = inference.maximum %x, %c : tensor<2xf32>
  %1 = inference.maximum %i, %d : tensor<2xi32>
  return %0, %1 : tensor<2xf32>, tensor<2xi32>
}

// -----
// CHECK-LABEL: @powers
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NEXT:    %[[B:.+]] = inference.mul %[[X]], %[[X]]
// CHECK-NEXT:    %[[C:.+]] = inference.sqrt %[[X]]
// CHECK-NEXT:    %[[D:.+]] = inference.reciprocal %[[X]]
// CHECK-NEXT:    return %[[X]], %[[B]], %[[C]], %[[D]]
func.func @powers(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %1 = inference.constant dense<1.0> : tensor<f32>
  %2 = inference.constant dense<2.0> : tensor<f32>
  %h = inference.constant dense<0.5> : tensor<f32>
  %m = inference.constant dense<-1.0> : tensor<f32>
  %a = inference.pow %x, %1 : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %b = inference.pow %x, %2 : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %c = inference.pow %x, %h : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %d = inference.pow %x, %m : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %a, %b, %c, %d : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----
// A third power, and an exponent per element.
// CHECK-LABEL: @powers_stay
// CHECK-COUNT-2: inference.pow
func.func @powers_stay(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %3 = inference.constant dense<3.0> : tensor<f32>
  %c = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %a = inference.pow %x, %3 : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %b = inference.pow %x, %c : tensor<2xf32>
  return %a, %b : tensor<2xf32>, tensor<2xf32>
}

// -----
// One over a root, written as a division or as a reciprocal.
// CHECK-LABEL: @reciprocal_roots
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK:         %[[Y:.+]] = inference.rsqrt %[[X]]
// CHECK-NEXT:    return %[[Y]]
func.func @reciprocal_roots(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = inference.constant dense<1.0> : tensor<f32>
  %0 = inference.sqrt %x : tensor<4xf32>
  %1 = inference.div %one, %0 : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----
// The root is computed anyway; the other reciprocal is of no root.
// CHECK-LABEL: @reciprocals_stay
// CHECK-COUNT-2: inference.reciprocal
func.func @reciprocals_stay(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = inference.sqrt %x : tensor<4xf32>
  %1 = inference.reciprocal %0 : tensor<4xf32>
  %2 = inference.reciprocal %x : tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----
// A cast to the same type does nothing; one through a wider type is one cast; one through a narrower type rounds.
// CHECK-LABEL: @casts
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>, %[[I:[a-z0-9]+]]: tensor<4xi32>
// CHECK-NEXT:    %[[B:.+]] = inference.cast %[[I]] to f32
// CHECK-NEXT:    %[[C:.+]] = inference.cast %[[X]] to f16
// CHECK-NEXT:    %[[D:.+]] = inference.cast %[[C]] to f32
// CHECK-NEXT:    return %[[X]], %[[B]], %[[D]]
func.func @casts(%x: tensor<4xf32>, %i: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = inference.cast %x to f32 : tensor<4xf32>
  %1 = inference.cast %i to i64 : (tensor<4xi32>) -> tensor<4xi64>
  %2 = inference.cast %1 to f32 : (tensor<4xi64>) -> tensor<4xf32>
  %3 = inference.cast %x to f16 : (tensor<4xf32>) -> tensor<4xf16>
  %4 = inference.cast %3 to f32 : (tensor<4xf16>) -> tensor<4xf32>
  return %0, %2, %4 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
