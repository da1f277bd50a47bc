// RUN: infer-opt %s --control-flow-sink | filecheck %s

// A chain that one branch wants goes into it; what both want, or what is used after, stays.
// CHECK-LABEL: @branches
// CHECK:         %[[BOTH:.+]] = arith.negf
// CHECK:         %[[AFTER:.+]] = arith.subf
// CHECK-NEXT:    scf.if
// CHECK-NEXT:      %[[A:.+]] = arith.mulf %x, %x
// CHECK-NEXT:      arith.addf %[[A]], %[[BOTH]]
// CHECK:         } else {
// CHECK-NEXT:      arith.divf %[[BOTH]], %[[AFTER]]
func.func @branches(%c: i1, %x: f32) -> (f32, f32) {
  %a = arith.mulf %x, %x : f32
  %both = arith.negf %x : f32
  %after = arith.subf %x, %both : f32
  %b = arith.addf %a, %both : f32
  %d = arith.divf %both, %after : f32
  %r = scf.if %c -> (f32) {
    scf.yield %b : f32
  } else {
    scf.yield %d : f32
  }
  return %r, %after : f32, f32
}
