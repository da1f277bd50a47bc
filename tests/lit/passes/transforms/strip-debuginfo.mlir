// RUN: infer-opt %s --strip-debuginfo --mlir-print-debuginfo | filecheck %s

// Of ops and of arguments.
// CHECK-NOT: model.py
// CHECK:     loc(unknown)
// CHECK-NOT: model.py
func.func @main(%x: f32 loc("x"("model.py":1:1))) -> f32 {
  %0 = arith.negf %x : f32 loc("minus"("model.py":3:1))
  return %0 : f32
}
