// RUN: infer-opt %s --pass-pipeline='builtin.module(remove-dead-values)' --split-input-file | filecheck %s
// RUN: infer-opt %s --pass-pipeline='builtin.module(remove-dead-values{canonicalize=false})' --split-input-file | filecheck %s --check-prefix=POISON

// An argument and a result that no caller needs go, with what only they need.
// CHECK-LABEL: func private @callee
// CHECK-SAME:    (%[[X:.+]]: i32) -> i32
// CHECK-NEXT:    return %[[X]] : i32
// CHECK-LABEL: @caller
// CHECK-SAME:    (%[[X:.+]]: i32)
// CHECK-NEXT:    %[[R:.+]] = func.call @callee(%[[X]]) : (i32) -> i32
// CHECK-NEXT:    return %[[R]]
// POISON-LABEL: func private @callee
// POISON-SAME:    (%{{.+}}: i32) -> i32
func.func private @callee(%x: i32, %y: i32) -> (i32, i32) {
  %0 = arith.muli %y, %y : i32
  return %x, %0 : i32, i32
}
func.func @caller(%x: i32) -> i32 {
  %0, %1 = func.call @callee(%x, %x) : (i32, i32) -> (i32, i32)
  return %0 : i32
}

// -----
// What others may call stays as it is.
// CHECK-LABEL: func @public
// CHECK-SAME:    (%{{.+}}: i32, %{{.+}}: i32) -> (i32, i32)
// POISON-LABEL: func @public
func.func @public(%x: i32, %y: i32) -> (i32, i32) {
  return %x, %y : i32, i32
}
func.func @calls_public(%x: i32) -> i32 {
  %0, %1 = func.call @public(%x, %x) : (i32, i32) -> (i32, i32)
  return %0 : i32
}

// -----
// A loop keeps the variables that a needed one is computed from; the others are taken out, or given no value.
// CHECK-LABEL: @loop
// CHECK-SAME:    (%[[N:.+]]: index, %[[X:.+]]: i32)
// CHECK-NEXT:    %[[R:.+]] = scf.for %{{.+}} = %[[N]] to %[[N]] step %[[N]] iter_args(%[[A:.+]] = %[[X]]) -> (i32) {
// CHECK-NEXT:      %[[NEXT:.+]] = arith.addi %[[A]], %[[A]]
// CHECK-NEXT:      scf.yield %[[NEXT]] : i32
// CHECK:         return %[[R]]
// POISON-LABEL: @loop
// POISON:         %[[P:.+]] = ub.poison : i32
// POISON:         scf.for {{.*}} iter_args(%{{.+}} = %{{.+}}, %{{.+}} = %[[P]])
// POISON:         %[[Q:.+]] = ub.poison : i32
// POISON:         scf.yield %{{.+}}, %[[Q]]
func.func @loop(%n: index, %x: i32) -> i32 {
  %r, %s = scf.for %i = %n to %n step %n iter_args(%a = %x, %b = %x) -> (i32, i32) {
    %next = arith.addi %a, %a : i32
    %other = arith.muli %a, %b : i32
    scf.yield %next, %other : i32, i32
  }
  return %r : i32
}

// -----
// CHECK-LABEL: @while
// CHECK:         scf.while (%{{.+}} = %{{.+}}) : (i32) -> i32 {
// CHECK-NOT:     arith.muli
// CHECK:         scf.condition(%{{.+}}) %{{.+}} : i32
// CHECK:         scf.yield %{{.+}} : i32
// POISON-LABEL: @while
func.func @while(%x: i32, %y: i32) -> i32 {
  %r, %s = scf.while (%a = %x, %b = %y) : (i32, i32) -> (i32, i32) {
    %go = arith.cmpi slt, %a, %x : i32
    scf.condition(%go) %a, %b : i32, i32
  } do {
  ^bb0(%a: i32, %b: i32):
    %next = arith.addi %a, %a : i32
    %other = arith.muli %b, %b : i32
    scf.yield %next, %other : i32, i32
  }
  return %r : i32
}

// -----
// A condition whose results nothing needs goes when it does nothing; a store stays, and with it the condition.
// CHECK-LABEL: @if
// CHECK-SAME:    (%[[C:.+]]: i1,
// CHECK-NEXT:    scf.if %[[C]] {
// CHECK-NEXT:      memref.store
// CHECK-NOT:     arith
// CHECK:         return
// POISON-LABEL: @if
func.func @if(%c: i1, %x: i32, %m: memref<i32>) {
  %0 = scf.if %c -> (i32) {
    %1 = arith.addi %x, %x : i32
    scf.yield %1 : i32
  } else {
    scf.yield %x : i32
  }
  %2 = scf.if %c -> (i32) {
    memref.store %x, %m[] : memref<i32>
    scf.yield %0 : i32
  } else {
    scf.yield %x : i32
  }
  return
}

// -----
// Arguments of blocks that only feed each other.
// CHECK-LABEL: @blocks
// CHECK:         ^[[LOOP:.+]]:
// CHECK-NOT:     arith
// CHECK:         cf.cond_br %{{.+}}, ^[[LOOP]], ^{{.+}}
// POISON-LABEL: @blocks
func.func @blocks(%c: i1, %x: i32) {
  cf.br ^loop(%x : i32)
^loop(%a: i32):
  %next = arith.addi %a, %x : i32
  cf.cond_br %c, ^loop(%next : i32), ^end
^end:
  return
}
