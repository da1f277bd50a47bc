// RUN: infer-opt %s --print-op-stats 2>&1 | filecheck %s
// RUN: infer-opt %s --print-op-stats=json=true 2>&1 | filecheck %s --check-prefix=JSON

// CHECK:      remark: Operations encountered:
// CHECK:      arith.negf     , 2
// CHECK-NEXT: builtin.module , 1
// CHECK-NEXT: func.func      , 1
// CHECK-NEXT: func.return    , 1
// JSON:       remark: {"arith.negf": 2, "builtin.module": 1, "func.func": 1, "func.return": 1}
func.func @main(%x: f32) -> f32 {
  %0 = arith.negf %x : f32
  %1 = arith.negf %0 : f32
  return %1 : f32
}
