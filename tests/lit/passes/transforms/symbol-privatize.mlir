// RUN: infer-opt %s --pass-pipeline='builtin.module(symbol-privatize{exclude=main},symbol-dce)' | filecheck %s

// All but the named symbols are private, so that what they do not need goes.
// CHECK-NOT: @other
// CHECK:     func.func private @helper
// CHECK:     func.func @main
func.func @other(%x: f32) -> f32 {
  return %x : f32
}
func.func @helper(%x: f32) -> f32 {
  return %x : f32
}
func.func @main(%x: f32) -> f32 {
  %0 = func.call @helper(%x) : (f32) -> f32
  return %0 : f32
}
