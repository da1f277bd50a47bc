// RUN: infer-opt %s --pass-pipeline='builtin.module(plan-arena)' --split-input-file | filecheck %s

// The third buffer takes the place of the first, which has no later reader; offsets grow with the symbol.
// CHECK:       cpu.weight #inference.weight<"w"> at 0 : tensor<16xf32>
// CHECK-LABEL: @main
// CHECK-SAME:    %arena: memref<?xi8>, %weights: memref<?xi8>, %x: memref<?xi8>
// CHECK-SAME:    inference.dtype = f32
// CHECK-SAME:    cpu.arena = 128 : i64, cpu.arena_bound = 128 : i64
// CHECK-DAG:     %[[ZERO:.+]] = arith.constant 0 : index
// CHECK-DAG:     %[[SIZE:.+]] = arith.constant 64 : index
// CHECK:         %[[NEXT:.+]] = arith.muli %[[SIZE]], %n
// CHECK:         cpu.view %arena at %[[AT:.+]] sizes(%n)
// CHECK:         cpu.view %arena at %{{.+}} sizes(%n)
// CHECK:         cpu.view %arena at %[[AT]] sizes(%n)
// CHECK:         cpu.view %weights at %[[ZERO]]
// CHECK-LABEL: @arena_size
// CHECK:         %[[TWO:.+]] = arith.constant 128 : index
// CHECK:         %[[ALL:.+]] = arith.muli %[[TWO]]
// CHECK:         return %[[ALL]]
func.func @main(%x: memref<?x16xf32> {inference.name = "x", inference.dims = ["n", 16]}, %y: memref<?x16xf32> {inference.name = "y", inference.dims = ["n", 16], inference.output = 0}, %n: index {inference.symbol = "n"}) {
  %0 = cpu.alloc %n : (index) -> memref<?x16xf32>
  cpu.softmax %x outs %0 {} : (memref<?x16xf32>, memref<?x16xf32>) -> ()
  %1 = cpu.alloc %n : (index) -> memref<?x16xf32>
  cpu.softmax %0 outs %1 {} : (memref<?x16xf32>, memref<?x16xf32>) -> ()
  %2 = cpu.alloc %n : (index) -> memref<?x16xf32>
  cpu.softmax %1 outs %2 {} : (memref<?x16xf32>, memref<?x16xf32>) -> ()
  %w = cpu.constant #inference.weight<"w"> : memref<16xf32>
  cpu.map %2, %w outs %y {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    cpu.yield %s : f32
  } : (memref<?x16xf32>, memref<16xf32>, memref<?x16xf32>) -> ()
  return
}
