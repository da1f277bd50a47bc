// RUN: infer-opt %s --pass-pipeline='builtin.module(sccp)' --split-input-file | filecheck %s
// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(sccp))' --split-input-file | filecheck %s --check-prefix=FUNC

// A branch that is never taken gives no value.
// CHECK-LABEL: @branch
// CHECK:         %[[ONE:.+]] = arith.constant 1 : i32
// CHECK:         return %[[ONE]]
// FUNC-LABEL:  @branch
func.func @branch(%x: i32) -> i32 {
  %true = arith.constant true
  %a = arith.constant 1 : i32
  cf.cond_br %true, ^then, ^else
^then:
  cf.br ^end(%a : i32)
^else:
  cf.br ^end(%x : i32)
^end(%r: i32):
  return %r : i32
}

// -----
// The cases of a switch on a constant too.
// CHECK-LABEL: @switch
// CHECK:         %[[TWO:.+]] = arith.constant 2 : i32
// CHECK:         return %[[TWO]]
// FUNC-LABEL:  @switch
func.func @switch(%x: i32) -> i32 {
  %one = arith.constant 1 : i32
  %two = arith.addi %one, %one : i32
  cf.switch %two : i32, [
    default: ^end(%x : i32),
    2: ^end(%two : i32)
  ]
^end(%r: i32):
  return %r : i32
}

// -----
// A private function is given the constants of its callers and gives them its own; alone it is given nothing.
// CHECK-LABEL: func private @callee
// CHECK:         %[[ONE:.+]] = arith.constant 1 : i32
// CHECK:         return %[[ONE]]
// CHECK-LABEL: @caller
// CHECK:         %[[ONE:.+]] = arith.constant 1 : i32
// CHECK:         return %[[ONE]]
// FUNC-LABEL:  func private @callee
// FUNC-SAME:     %[[X:.+]]: i32
// FUNC:          return %[[X]]
// FUNC-LABEL:  @caller
// FUNC:          %[[R:.+]] = func.call
// FUNC:          return %[[R]]
func.func private @callee(%x: i32) -> i32 {
  return %x : i32
}
func.func @caller() -> i32 {
  %0 = arith.constant 1 : i32
  %1 = call @callee(%0) : (i32) -> i32
  return %1 : i32
}

// -----
// A public function may be called with anything; what it returns is known all the same.
// CHECK-LABEL: @public
// CHECK-SAME:    %[[X:.+]]: i32
// CHECK:         return %{{.+}}, %[[X]]
// CHECK-LABEL: @uses_public
// CHECK:         %[[SEVEN:.+]] = arith.constant 7 : i32
// CHECK:         %[[R:.+]], %[[S:.+]] = func.call @public
// CHECK:         return %[[SEVEN]], %[[S]]
// FUNC-LABEL:  @public
func.func @public(%x: i32) -> (i32, i32) {
  %0 = arith.constant 7 : i32
  return %0, %x : i32, i32
}
func.func @uses_public() -> (i32, i32) {
  %0 = arith.constant 1 : i32
  %1, %2 = call @public(%0) : (i32) -> (i32, i32)
  return %1, %2 : i32, i32
}

// -----
// Loops and conditions of scf; a loop that adds has no constant.
// CHECK-LABEL: @structured
// CHECK:         %[[ONE:.+]] = arith.constant 1 : i32
// CHECK:         %[[SUM:.+]] = scf.for
// CHECK:         return %[[ONE]], %[[ONE]], %[[SUM]]
// FUNC-LABEL:  @structured
func.func @structured(%n: index, %x: i32) -> (i32, i32, i32) {
  %one = arith.constant 1 : i32
  %same = scf.for %i = %n to %n step %n iter_args(%a = %one) -> (i32) {
    scf.yield %a : i32
  }
  %less = arith.cmpi slt, %same, %one : i32
  %if = scf.if %less -> (i32) {
    scf.yield %x : i32
  } else {
    scf.yield %one : i32
  }
  %sum = scf.for %i = %n to %n step %n iter_args(%a = %one) -> (i32) {
    %next = arith.addi %a, %one : i32
    scf.yield %next : i32
  }
  return %same, %if, %sum : i32, i32, i32
}
