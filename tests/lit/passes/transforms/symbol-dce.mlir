// RUN: infer-opt %s --symbol-dce --allow-unregistered-dialect --split-input-file | filecheck %s

// What only a dead function calls is dead, recursive or not.
// CHECK-LABEL: @chain
// CHECK-NOT:   @dead
// CHECK:       @used
// CHECK:       @main
builtin.module @chain {
  func.func private @dead_a(%x: f32) -> f32 {
    %0 = func.call @dead_b(%x) : (f32) -> f32
    return %0 : f32
  }
  func.func private @dead_b(%x: f32) -> f32 {
    %0 = func.call @dead_a(%x) : (f32) -> f32
    return %0 : f32
  }
  func.func private @used(%x: f32) -> f32 {
    return %x : f32
  }
  func.func @main(%x: f32) -> f32 {
    %0 = func.call @used(%x) : (f32) -> f32
    return %0 : f32
  }
}

// -----
// An attribute that names a symbol keeps it, wherever it is nested.
// CHECK-LABEL: @named
// CHECK:       @hook
// CHECK:       @listed
// CHECK-NOT:   @unused
builtin.module @named {
  func.func private @hook(%x: f32) -> f32 { return %x : f32 }
  func.func private @listed(%x: f32) -> f32 { return %x : f32 }
  func.func private @unused(%x: f32) -> f32 { return %x : f32 }
  "plug.register"() {callee = @hook, table = {all = [@listed]}} : () -> ()
}

// -----
// A symbol is looked up in the nearest table: equal names elsewhere are something else.
// CHECK-LABEL: @outer
// CHECK-NOT:   arith.negf
// CHECK:       @inner
// CHECK:       arith.addf
builtin.module @outer {
  func.func private @f(%x: f32) -> f32 {
    %0 = arith.negf %x : f32
    return %0 : f32
  }
  builtin.module @inner {
    func.func private @f(%x: f32) -> f32 {
      %0 = arith.addf %x, %x : f32
      return %0 : f32
    }
    func.func @g(%x: f32) -> f32 {
      %0 = func.call @f(%x) : (f32) -> f32
      return %0 : f32
    }
  }
}
