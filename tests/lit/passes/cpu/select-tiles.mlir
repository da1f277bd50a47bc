// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(select-tiles))' --split-input-file | filecheck %s

// 6x64 where 64 divides the columns, a tile with less padding where it does not, all rows of few.
// CHECK-LABEL: @products
// CHECK:         cpu.pack_gemm %{{.+}} panel 64
// CHECK:         cpu.gemm {{.+}} columns 256 {
// CHECK:         cpu.pack_gemm %{{.+}} panel 48
// CHECK:         cpu.gemm {{.+}} columns 96 rows 8 {
// CHECK:         cpu.pack_gemm %{{.+}} panel 128
// CHECK:         cpu.gemm {{.+}} columns 256 rows 1 {
func.func @products(%x: tensor<100x32xf32>, %v: tensor<1x32xf32>, %w: tensor<32x256xf32>, %u: tensor<32x96xf32>) -> (tensor<100x256xf32>, tensor<100x96xf32>, tensor<1x256xf32>) {
  %p = cpu.pack_gemm %w : (tensor<32x256xf32>) -> tensor<16x32x16xf32>
  %0 = cpu.gemm %x, %p columns 256 {} : (tensor<100x32xf32>, tensor<16x32x16xf32>) -> tensor<100x256xf32>
  %q = cpu.pack_gemm %u : (tensor<32x96xf32>) -> tensor<6x32x16xf32>
  %1 = cpu.gemm %x, %q columns 96 {} : (tensor<100x32xf32>, tensor<6x32x16xf32>) -> tensor<100x96xf32>
  %2 = cpu.gemm %v, %p columns 256 {} : (tensor<1x32xf32>, tensor<16x32x16xf32>) -> tensor<1x256xf32>
  return %0, %1, %2 : tensor<100x256xf32>, tensor<100x96xf32>, tensor<1x256xf32>
}

// -----
// Rows of seven pixels take tiles of 7x64, longer ones 6x64; few channels take many pixels, no more than a row has.
// CHECK-LABEL: @convolutions
// CHECK:         cpu.pack_conv2d %{{.+}} panel 64
// CHECK:         cpu.conv2d {{.+}} channels 64 rows 7 {
// CHECK:         cpu.pack_conv2d %{{.+}} panel 64
// CHECK:         cpu.conv2d {{.+}} channels 64 {
// CHECK:         cpu.pack_conv2d %{{.+}} :
// CHECK:         cpu.conv2d {{.+}} channels 8 rows 12 {
func.func @convolutions(%x: tensor<1x7x7x8xf32>, %y: tensor<1x28x28x8xf32>, %z: tensor<1x12x12x8xf32>, %w: tensor<64x8x1x1xf32>, %v: tensor<8x8x1x1xf32>) -> (tensor<1x7x7x64xf32>, tensor<1x28x28x64xf32>, tensor<1x12x12x8xf32>) {
  %p = cpu.pack_conv2d %w : (tensor<64x8x1x1xf32>) -> tensor<4x1x1x8x16xf32>
  %0 = cpu.conv2d %x, %p channels 64 {} : (tensor<1x7x7x8xf32>, tensor<4x1x1x8x16xf32>) -> tensor<1x7x7x64xf32>
  %1 = cpu.conv2d %y, %p channels 64 {} : (tensor<1x28x28x8xf32>, tensor<4x1x1x8x16xf32>) -> tensor<1x28x28x64xf32>
  %q = cpu.pack_conv2d %v : (tensor<8x8x1x1xf32>) -> tensor<1x1x1x8x16xf32>
  %2 = cpu.conv2d %z, %q channels 8 {} : (tensor<1x12x12x8xf32>, tensor<1x1x1x8x16xf32>) -> tensor<1x12x12x8xf32>
  return %0, %1, %2 : tensor<1x7x7x64xf32>, tensor<1x28x28x64xf32>, tensor<1x12x12x8xf32>
}

// -----
// Weights that are packed already decide the tile.
// CHECK-LABEL: @packed
// CHECK:         cpu.gemm %{{.+}}, %{{.+}} columns 16 {
// CHECK:         cpu.conv2d %{{.+}}, %{{.+}} channels 16 {
func.func @packed(%x: tensor<1x8x8x8xf32>, %w: tensor<1x8x16xf32>, %v: tensor<1x1x1x8x16xf32>) -> (tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>) {
  %0 = cpu.gemm %x, %w columns 16 {} : (tensor<1x8x8x8xf32>, tensor<1x8x16xf32>) -> tensor<1x8x8x16xf32>
  %1 = cpu.conv2d %x, %v channels 16 {} : (tensor<1x8x8x8xf32>, tensor<1x1x1x8x16xf32>) -> tensor<1x8x8x16xf32>
  return %0, %1 : tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>
}

// -----
// Of an image of any size as many tiles are computed at one time as stay in the cache.
// CHECK-LABEL: @winograd_any_image
// CHECK:         cpu.winograd_conv2d {{.+}} channels 64 pads [1, 1, 1, 1] run 36 {
func.func @winograd_any_image(%x: tensor<?x?x56x32xf32>, %w: tensor<64x32x3x3xf32>) -> tensor<?x?x56x64xf32> {
  %p = cpu.pack_winograd %w : (tensor<64x32x3x3xf32>) -> tensor<36x4x32x16xf32>
  %0 = cpu.winograd_conv2d %x, %p channels 64 pads [1, 1, 1, 1] {} : (tensor<?x?x56x32xf32>, tensor<36x4x32x16xf32>) -> tensor<?x?x56x64xf32>
  return %0 : tensor<?x?x56x64xf32>
}

// -----
// Winograd's tiles: a large image in blocks that stay in the cache, a small one whole; packed weights decide.
// CHECK-LABEL: @winograd
// CHECK:         %[[W:.+]] = cpu.pack_winograd %{{.+}} panel 64
// CHECK:         cpu.winograd_conv2d %{{.+}}, %[[W]] channels 64 pads [1, 1, 1, 1] block [2, 14] {
// CHECK:         cpu.winograd_conv2d {{.+}} channels 64 pads [1, 1, 1, 1] rows 4 {
// CHECK:         cpu.winograd_conv2d {{.+}} channels 64 pads [1, 1, 1, 1] {
func.func @winograd(%x: tensor<1x56x56x32xf32>, %y: tensor<1x8x8x32xf32>, %w: tensor<64x32x3x3xf32>, %v: tensor<36x4x32x16xf32>) -> (tensor<1x56x56x64xf32>, tensor<1x8x8x64xf32>, tensor<1x8x8x64xf32>) {
  %p = cpu.pack_winograd %w : (tensor<64x32x3x3xf32>) -> tensor<36x4x32x16xf32>
  %0 = cpu.winograd_conv2d %x, %p channels 64 pads [1, 1, 1, 1] {} : (tensor<1x56x56x32xf32>, tensor<36x4x32x16xf32>) -> tensor<1x56x56x64xf32>
  %1 = cpu.winograd_conv2d %y, %p channels 64 pads [1, 1, 1, 1] {} : (tensor<1x8x8x32xf32>, tensor<36x4x32x16xf32>) -> tensor<1x8x8x64xf32>
  %2 = cpu.winograd_conv2d %y, %v channels 64 pads [1, 1, 1, 1] {} : (tensor<1x8x8x32xf32>, tensor<36x4x32x16xf32>) -> tensor<1x8x8x64xf32>
  return %0, %1, %2 : tensor<1x56x56x64xf32>, tensor<1x8x8x64xf32>, tensor<1x8x8x64xf32>
}

// -----
// With 16 registers of 256 bits a tile has 6x16 accumulators; one row takes 64 columns, two take 16.
module attributes {inferir.target = #inferir.target<cpu, registers = 16 : i64, vector = 256 : i64>} {
  // CHECK-LABEL: @narrow_registers
  // CHECK:         cpu.pack_gemm %{{.+}} : (tensor<32x256xf32>) -> tensor<16x32x16xf32>
  // CHECK:         cpu.gemm %x, {{.+}} columns 256 {
  // CHECK:         cpu.pack_gemm %{{.+}} panel 64
  // CHECK:         cpu.gemm %v, {{.+}} columns 256 rows 1 {
  // CHECK:         cpu.gemm %u, {{.+}} columns 256 rows 2 {
  func.func @narrow_registers(%x: tensor<100x32xf32>, %v: tensor<1x32xf32>, %u: tensor<2x32xf32>, %w: tensor<32x256xf32>) -> (tensor<100x256xf32>, tensor<1x256xf32>, tensor<2x256xf32>) {
    %p = cpu.pack_gemm %w : (tensor<32x256xf32>) -> tensor<16x32x16xf32>
    %0 = cpu.gemm %x, %p columns 256 {} : (tensor<100x32xf32>, tensor<16x32x16xf32>) -> tensor<100x256xf32>
    %1 = cpu.gemm %v, %p columns 256 {} : (tensor<1x32xf32>, tensor<16x32x16xf32>) -> tensor<1x256xf32>
    %2 = cpu.gemm %u, %p columns 256 {} : (tensor<2x32xf32>, tensor<16x32x16xf32>) -> tensor<2x256xf32>
    return %0, %1, %2 : tensor<100x256xf32>, tensor<1x256xf32>, tensor<2x256xf32>
  }
}

// -----
// Winograd's blocks fill half of the second-level cache: with 256 KiB they are smaller.
module attributes {inferir.target = #inferir.target<cpu, l2 = 262144 : i64>} {
  // CHECK-LABEL: @small_cache
  // CHECK:         cpu.winograd_conv2d {{.+}} block [1, 7]
  func.func @small_cache(%x: tensor<1x56x56x32xf32>, %w: tensor<64x32x3x3xf32>) -> tensor<1x56x56x64xf32> {
    %p = cpu.pack_winograd %w : (tensor<64x32x3x3xf32>) -> tensor<36x4x32x16xf32>
    %0 = cpu.winograd_conv2d %x, %p channels 64 pads [1, 1, 1, 1] {} : (tensor<1x56x56x32xf32>, tensor<36x4x32x16xf32>) -> tensor<1x56x56x64xf32>
    return %0 : tensor<1x56x56x64xf32>
  }
}

// -----
// 32 registers of 128 bits (NEON) hold the tile of AVX2; one row takes 32 columns.
module attributes {inferir.target = #inferir.target<cpu, vector = 128 : i64>} {
  // CHECK-LABEL: @neon
  // CHECK:         cpu.gemm %x, {{.+}} columns 256 {
  // CHECK:         cpu.pack_gemm %{{.+}} panel 32
  // CHECK:         cpu.gemm %v, {{.+}} columns 256 rows 1 {
  func.func @neon(%x: tensor<100x32xf32>, %v: tensor<1x32xf32>, %w: tensor<32x256xf32>) -> (tensor<100x256xf32>, tensor<1x256xf32>) {
    %p = cpu.pack_gemm %w : (tensor<32x256xf32>) -> tensor<16x32x16xf32>
    %0 = cpu.gemm %x, %p columns 256 {} : (tensor<100x32xf32>, tensor<16x32x16xf32>) -> tensor<100x256xf32>
    %1 = cpu.gemm %v, %p columns 256 {} : (tensor<1x32xf32>, tensor<16x32x16xf32>) -> tensor<1x256xf32>
    return %0, %1 : tensor<100x256xf32>, tensor<1x256xf32>
  }
}
