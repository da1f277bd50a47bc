// RUN: infer-opt %s --inline='default-pipeline=canonicalize,cse' | filecheck %s --check-prefixes=CHECK,SIMPLE
// RUN: infer-opt %s --inline='op-pipelines=func.func(canonicalize,cse)' | filecheck %s --check-prefixes=CHECK,SIMPLE
// RUN: infer-opt %s --inline='default-pipeline=' | filecheck %s --check-prefixes=CHECK,PLAIN
// RUN: infer-opt %s --inline='inlining-threshold=50' | filecheck %s --check-prefix=SMALL

// What was inlined is simplified by the passes that are named. A callee of more than half of the caller's ops stays a call.
// CHECK-LABEL:   @main
// CHECK-NOT:     func.call
// SIMPLE:        arith.addi
// SIMPLE-NOT:    arith.addi
// PLAIN-COUNT-2: arith.addi
// SMALL-LABEL:   @main
// SMALL:         func.call @twice
func.func @main(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  %1 = func.call @twice(%x) : (i32) -> i32
  %2 = arith.muli %0, %1 : i32
  return %2 : i32
}
func.func private @twice(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  %1 = arith.addi %x, %x : i32
  return %0 : i32
}
