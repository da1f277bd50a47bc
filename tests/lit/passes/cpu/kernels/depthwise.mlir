// RUN: infer-opt %s --convert-cpu-to-kernels --split-input-file | filecheck %s

// A depthwise convolution goes over channels, not over depth: one tap of the filter is a row of channels. The bias goes with the tile.
// CHECK:         cpu.kernel @dwconv2d_0(%task: index, %x: {{.+}}, %w: memref<3x3x8xf32>, %y: {{.+}}, %[[BIAS:.+]]: memref<8xf32>)
// CHECK:           cpu.uk.dw_tile (%x[{{.+}}], %w[%c0, %c0, %c0], %[[BIAS]][%c0]) to (%y[{{.+}}]) {{.*}}taps [3, 3] strides [2, 2] edge [-1, 12] channels 8 {
// CHECK:             ^{{.+}}(%[[ACC:.+]]: f32, %[[B:.+]]: f32):
// CHECK:             arith.addf %[[ACC]], %[[B]]
// CHECK-LABEL:   func.func @main
// CHECK:           cpu.launch @dwconv2d_0 tasks %{{.+}}(%x, %w, %y, %b)
func.func @main(%x: memref<1x12x12x8xf32>, %w: memref<3x3x8xf32>, %b: memref<8xf32>, %y: memref<1x6x6x8xf32>) {
  cpu.dwconv2d %x, %w, %b outs %y strides [2, 2] pads [1, 1, 1, 1] {
  ^bb0(%acc: f32, %bias: f32):
    %0 = arith.addf %acc, %bias : f32
    cpu.yield %0 : f32
  } : (memref<1x12x12x8xf32>, memref<3x3x8xf32>, memref<8xf32>, memref<1x6x6x8xf32>) -> ()
  return
}

// -----
// Images are tasks, also where their number is only known at run time.
// CHECK-LABEL:   func.func @main
// CHECK:           %[[N:.+]] = memref.dim
// CHECK:           cpu.launch @dwconv2d_0 tasks %[[N]](
func.func @main(%x: memref<?x12x12x8xf32>, %w: memref<3x3x8xf32>, %y: memref<?x10x10x8xf32>) {
  cpu.dwconv2d %x, %w outs %y {} : (memref<?x12x12x8xf32>, memref<3x3x8xf32>, memref<?x10x10x8xf32>) -> ()
  return
}
