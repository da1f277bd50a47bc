// RUN: infer-opt %s --loop-invariant-code-motion --allow-unregistered-dialect | filecheck %s

// What is the same in every turn leaves both loops; what may fail, has an effect, or depends on the loop does not.
// CHECK-LABEL: @nested
// CHECK:         %[[P:.+]] = arith.mulf %x, %x
// CHECK:         scf.for
// CHECK-NOT:     arith.mulf
// CHECK:           scf.for
// CHECK-NEXT:        arith.addf %{{.+}}, %[[P]]
// CHECK:             arith.divsi
// CHECK:             "plug.effect"
func.func @nested(%a: index, %b: index, %c: index, %x: f32, %n: i32) -> f32 {
  %r = scf.for %i = %a to %b step %c iter_args(%v = %x) -> (f32) {
    %s = scf.for %j = %a to %b step %c iter_args(%w = %v) -> (f32) {
      %0 = arith.mulf %x, %x : f32
      %1 = arith.addf %w, %0 : f32
      %2 = arith.divsi %n, %n : i32
      "plug.effect"(%2) : (i32) -> ()
      scf.yield %1 : f32
    }
    scf.yield %s : f32
  }
  return %r : f32
}

// An op with a region leaves with what is inside it, when nothing there depends on the loop.
// CHECK-LABEL: @region
// CHECK:         scf.if
// CHECK:         scf.for
// CHECK-NOT:     scf.if
func.func @region(%a: index, %b: index, %c: index, %x: f32, %p: i1) -> f32 {
  %r = scf.for %i = %a to %b step %c iter_args(%v = %x) -> (f32) {
    %0 = scf.if %p -> (f32) {
      %1 = arith.mulf %x, %x : f32
      scf.yield %1 : f32
    } else {
      scf.yield %x : f32
    }
    %2 = arith.addf %v, %0 : f32
    scf.yield %2 : f32
  }
  return %r : f32
}
