// RUN: infer-opt %s --pass-pipeline='builtin.module(plan-arena)' --split-input-file | filecheck %s

// What a loop reads from outside is alive to its end, for the next run reads it again: %0 keeps its place. What is made and read
// within a run may lie over each other, and over what comes after the loop.
// CHECK-LABEL: func.func @main
// CHECK-SAME:    cpu.arena = 320 : i64, cpu.arena_bound = 320 : i64
func.func @main(%x: memref<16xf32> {inference.name = "x", inference.dims = [16]}, %y: memref<16xf32> {inference.name = "y", inference.dims = [16], inference.output = 0}) {
  %n = arith.constant 3 : index
  %0 = cpu.alloc : () -> memref<16xf32>
  cpu.softmax %x outs %0 {} : (memref<16xf32>, memref<16xf32>) -> ()
  %i = cpu.alloc : () -> memref<i64>
  %1 = cpu.alloc : () -> memref<16xf32>
  %2 = cpu.alloc : () -> memref<16xf32>
  %3 = cpu.alloc : () -> memref<16xf32>
  %4 = cpu.alloc : () -> memref<16xf32>
  cpu.loop %i limit %n {
  ^bb0(%k: index):
    cpu.softmax %0 outs %1 {} : (memref<16xf32>, memref<16xf32>) -> ()
    cpu.softmax %1 outs %2 {} : (memref<16xf32>, memref<16xf32>) -> ()
    cpu.softmax %2 outs %3 {} : (memref<16xf32>, memref<16xf32>) -> ()
    cpu.softmax %3 outs %4 {} : (memref<16xf32>, memref<16xf32>) -> ()
    cpu.yield
  } : (index, memref<i64>) -> ()
  cpu.softmax %4 outs %y {} : (memref<16xf32>, memref<16xf32>) -> ()
  return
}

// -----
// Of two regions one runs: what is made in one may lie where the other has its own.
// CHECK-LABEL: func.func @main
// CHECK-SAME:    cpu.arena = 64 : i64, cpu.arena_bound = 64 : i64
func.func @main(%c: memref<i1> {inference.name = "c", inference.dims = []}, %x: memref<16xf32> {inference.name = "x", inference.dims = [16]}, %y: memref<16xf32> {inference.name = "y", inference.dims = [16], inference.output = 0}) {
  %1 = cpu.alloc : () -> memref<16xf32>
  %2 = cpu.alloc : () -> memref<16xf32>
  cpu.if %c {
    cpu.softmax %x outs %1 {} : (memref<16xf32>, memref<16xf32>) -> ()
    cpu.softmax %1 outs %y {} : (memref<16xf32>, memref<16xf32>) -> ()
    cpu.yield
  } {
    cpu.softmax %x outs %2 {} : (memref<16xf32>, memref<16xf32>) -> ()
    cpu.softmax %2 outs %y {} : (memref<16xf32>, memref<16xf32>) -> ()
    cpu.yield
  } : (memref<i1>) -> ()
  return
}
