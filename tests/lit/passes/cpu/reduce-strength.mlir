// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(reduce-strength))' --split-input-file | filecheck %s

// A sum of integers is a number, whose quotient to be rounded takes one multiplication and two corrections.
// CHECK-LABEL: @requantise
// CHECK-NOT:     arith.cmpf
// CHECK-NOT:     arith.divf
// CHECK:         arith.maximumf
// CHECK:         %[[Q:.+]] = arith.mulf
// CHECK-NEXT:    %[[REST:.+]] = math.fma %[[Q]],
// CHECK-NEXT:    math.fma %[[REST]], %{{.+}}, %[[Q]]
// CHECK-NEXT:    math.fma
// CHECK-NEXT:    math.fma
func.func @requantise(%x: tensor<4xi32>, %y: tensor<4xui8>) -> tensor<4xi32> {
  %c = inference.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = cpu.map %x, %y, %c {
  ^bb0(%a: i32, %b: i8, %s: f32):
    %zero = arith.constant 0.0 : f32
    %low = arith.constant -128.0 : f32
    %high = arith.constant 127.0 : f32
    %scale = arith.constant 0.3 : f32
    %1 = arith.sitofp %a : i32 to f32
    %2 = arith.uitofp %b : i8 to f32
    %3 = arith.mulf %1, %s : f32
    %4 = arith.addf %3, %2 : f32
    %5 = arith.maximumf %4, %zero : f32
    %7 = arith.cmpf uno, %5, %5 : f32
    %8 = arith.select %7, %zero, %5 : f32
    %10 = arith.divf %8, %scale : f32
    %11 = arith.maximumf %10, %low : f32
    %12 = arith.minimumf %11, %high : f32
    %13 = math.roundeven %12 : f32
    %14 = arith.fptosi %13 : f32 to i32
    cpu.yield %14 : i32
  } : (tensor<4xi32>, tensor<4xui8>, tensor<4xf32>) -> tensor<4xi32>
  return %0 : tensor<4xi32>
}

// -----
// A division stays: by what is not known, by what is hardly a number, of what is not rounded, of what may be anything. So does a test of that.
// CHECK-LABEL: @stays
// CHECK-COUNT-4: arith.divf
// CHECK-COUNT-2: arith.select
func.func @stays(%x: tensor<4xi32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = cpu.map %x, %y {
  ^bb0(%a: i32, %b: f32):
    %zero = arith.constant 0.0 : f32
    %tiny = arith.constant 1.0e-30 : f32
    %scale = arith.constant 0.3 : f32
    %1 = arith.sitofp %a : i32 to f32
    %2 = arith.divf %1, %b : f32
    %3 = arith.divf %1, %tiny : f32
    %4 = arith.divf %1, %scale : f32
    %5 = arith.divf %b, %scale : f32
    %6 = math.roundeven %5 : f32
    %7 = arith.cmpf uno, %b, %b : f32
    %8 = arith.select %7, %zero, %b : f32
    %9 = arith.cmpf ogt, %1, %1 : f32
    %10 = arith.select %9, %zero, %1 : f32
    %11 = arith.addf %2, %3 : f32
    %12 = arith.addf %4, %6 : f32
    %13 = arith.addf %8, %10 : f32
    %14 = arith.addf %11, %12 : f32
    %15 = arith.addf %13, %14 : f32
    cpu.yield %15 : f32
  } : (tensor<4xi32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
