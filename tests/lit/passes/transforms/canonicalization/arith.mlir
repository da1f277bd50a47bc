// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(canonicalize))' | filecheck %s

// What xDSL's own folders leave of arith is folded: comparisons of signed and unsigned, casts, floats as their type rounds them.
// CHECK-LABEL: @integers
// CHECK-SAME:    %[[X:[a-z0-9]+]]: i8
// CHECK-DAG:     %[[TRUE:[a-z0-9]+]] = arith.constant true
// CHECK-DAG:     %[[FALSE:[a-z0-9]+]] = arith.constant false
// CHECK-DAG:     %[[MINUS:[a-z0-9]+]] = arith.constant -1 : i32
// CHECK-DAG:     %[[HIGH:[a-z0-9]+]] = arith.constant 255 : i32
// CHECK-DAG:     %[[ZERO:[a-z0-9]+]] = arith.constant 0 : i8
// CHECK:         return %[[TRUE]], %[[FALSE]], %[[MINUS]], %[[HIGH]], %[[X]], %[[ZERO]]
func.func @integers(%x: i8, %y: i8) -> (i1, i1, i32, i32, i8, i8) {
  %minus = arith.constant -1 : i8
  %zero = arith.constant 0 : i8
  %0 = arith.cmpi slt, %minus, %zero : i8
  %1 = arith.cmpi ult, %minus, %zero : i8
  %2 = arith.extsi %minus : i8 to i32
  %3 = arith.extui %minus : i8 to i32
  %4 = arith.select %0, %x, %y : i8
  %5 = arith.muli %x, %zero : i8
  return %0, %1, %2, %3, %4, %5 : i1, i1, i32, i32, i8, i8
}

// CHECK-LABEL: @floats
// CHECK-DAG:     %[[SUM:[a-z0-9]+]] = arith.constant 3.000000e-01 : f32
// CHECK-DAG:     %[[INF:[a-z0-9]+]] = arith.constant 0x7f800000 : f32
// CHECK-DAG:     %[[FALSE:[a-z0-9]+]] = arith.constant false
// CHECK-DAG:     %[[TRUE:[a-z0-9]+]] = arith.constant true
// CHECK:         return %[[SUM]], %[[INF]], %[[FALSE]], %[[TRUE]]
func.func @floats() -> (f32, f32, i1, i1) {
  %a = arith.constant 0.1 : f32
  %b = arith.constant 0.2 : f32
  %zero = arith.constant 0.0 : f32
  %nan = arith.constant 0x7FC00000 : f32
  %0 = arith.addf %a, %b : f32
  %1 = arith.divf %b, %zero : f32
  %2 = arith.cmpf oeq, %nan, %nan : f32
  %3 = arith.cmpf une, %nan, %b : f32
  return %0, %1, %2, %3 : f32, f32, i1, i1
}
