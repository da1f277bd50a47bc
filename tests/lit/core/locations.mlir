// RUN: infer-opt %s --mlir-print-debuginfo --mlir-print-local-scope --verify-roundtrip | filecheck %s

// Every form of location is read and written. An alias is resolved, one written as unknown stays so, and where none is written it is the place in the file.
// CHECK:       func.func @forms(%x: f32 loc("input")) -> f32 {
// CHECK:         loc(unknown)
// CHECK:         loc("a.py":3:4)
// CHECK:         loc("name"("a.py":3:4))
// CHECK:         loc(fused["a", "b"("a.py":1:1)])
// CHECK:         loc(callsite("callee" at "caller"("a.py":5:6)))
// CHECK:         loc("elsewhere")
// CHECK:         loc(fused<"why">["a", "b"])
// CHECK:         return %{{.+}} : f32 loc("{{.*}}locations.mlir":[[# @LINE + 9]]:3)
func.func @forms(%x: f32 loc("input")) -> f32 {
  %0 = arith.negf %x : f32 loc(unknown)
  %1 = arith.negf %0 : f32 loc("a.py":3:4)
  %2 = arith.negf %1 : f32 loc("name"("a.py":3:4))
  %3 = arith.negf %2 : f32 loc(fused["a", "b"("a.py":1:1)])
  %4 = arith.negf %3 : f32 loc(callsite("callee" at "caller"("a.py":5:6)))
  %5 = arith.negf %4 : f32 loc(#here)
  %6 = arith.negf %5 : f32 loc(fused<"why">["a", "b"])
  return %6 : f32
}
#here = loc("elsewhere")
