// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// Into a slice of channels: pixels are rows whose step is that of the larger buffer. A copy is a map with nothing in it.
// CHECK:         cpu.kernel @map_0(%task: index, %x0: memref<50x24xf32>, %y: memref<50x24xf32, strided<[48, 1]>>)
// CHECK:           cpu.uk.map (%x0[%[[LOW:.+]], %c0]) to (%y[%{{.+}}, %c0]) with (%{{.+}}, %c24) : 
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.view %y at %c96
func.func @main(%x: memref<2x5x5x24xf32>, %y: memref<2x5x5x24xf32, strided<[1200, 240, 48, 1], offset: 24>>) {
  cpu.map %x outs %y {} : (memref<2x5x5x24xf32>, memref<2x5x5x24xf32, strided<[1200, 240, 48, 1], offset: 24>>) -> ()
  return
}

// -----
// A large map is cut into tasks of some thousand elements, the last with what is left.
// CHECK:         cpu.kernel @map_0(%task: index, %x0: memref<1x98304xf32>, %y: memref<1x98304xf32>)
// CHECK:           %[[LOW:.+]] = arith.muli %task, %[[BLOCK:.+]] : index
// CHECK:           %[[LEFT:.+]] = arith.subi %{{.+}}, %[[LOW]]
// CHECK:           %[[HERE:.+]] = arith.minsi %[[LEFT]]
// CHECK:           cpu.uk.map (%x0[%c0, %[[LOW]]]) to (%y[%c0, %[[LOW]]]) with (%c1, %[[HERE]]) {
// CHECK:             arith.negf
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @map_0 tasks %c3(
func.func @main(%x: memref<1x64x64x24xf32>, %y: memref<1x64x64x24xf32>) {
  cpu.map %x outs %y {
  ^bb0(%a: f32):
    %0 = arith.negf %a : f32
    cpu.yield %0 : f32
  } : (memref<1x64x64x24xf32>, memref<1x64x64x24xf32>) -> ()
  return
}
