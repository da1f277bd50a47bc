// RUN: infer-opt %s --allow-unregistered-dialect --pass-pipeline='builtin.module(inline)' | filecheck %s

// What an attribute names stays, wherever in the attribute the name is; what only an unnamed function names goes with it.
// CHECK-DAG:     func.func private @hook
// CHECK-DAG:     func.func private @listed
// CHECK-DAG:     func.func private @deep
// CHECK-NOT:     @unused
// CHECK-NOT:     @with_it
// CHECK:         func.func @main
builtin.module {
  func.func private @hook(%a: i32) -> i32 { func.return %a : i32 }
  func.func private @listed(%a: i32) -> i32 { func.return %a : i32 }
  func.func private @deep(%a: i32) -> i32 { func.return %a : i32 }
  func.func private @unused(%a: i32) -> i32 {
    "plug.register"() {callee = @with_it} : () -> ()
    func.return %a : i32
  }
  func.func private @with_it(%a: i32) -> i32 { func.return %a : i32 }
  func.func @main(%a: i32) -> i32 {
    "plug.register"() {callee = @hook} : () -> ()
    "plug.register"() {callees = [[@listed]]} : () -> ()
    "plug.scope"() ({
      "plug.register"() {table = {first = @deep}} : () -> ()
    }) : () -> ()
    func.return %a : i32
  }
}
