// RUN: infer-opt %s --composite-fixed-point-pass='name=Both pipeline=any(cse,canonicalize)' | filecheck %s
// RUN: not infer-opt %s --composite-fixed-point-pass='name=Both pipeline=any(cse,canonicalize) max-iterations=1' 2>&1 | filecheck %s --check-prefix=ONE
// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(composite-fixed-point-pass{pipeline=cse,canonicalize}))' | filecheck %s

// ONE: error: 'Both' did not come to an end within 1 iterations
// CHECK-LABEL: @f
// CHECK-SAME:    %[[X:[a-z]+]]: i32
// CHECK-NEXT:    %[[S:.+]] = arith.addi %[[X]], %[[X]]
// CHECK-NEXT:    %[[P:.+]] = arith.muli %[[S]], %[[S]]
// CHECK-NEXT:    return %[[P]]
func.func @f(%x: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %0 = arith.addi %x, %x : i32
  %1 = arith.addi %0, %c0 : i32
  %2 = arith.addi %x, %x : i32
  %3 = arith.muli %1, %2 : i32
  return %3 : i32
}
