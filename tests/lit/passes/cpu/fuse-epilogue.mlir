// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fuse-epilogue))' --split-input-file | filecheck %s

// Residual and activation are computed on the accumulators; the residual is one more input.
// CHECK-LABEL: @residual
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<1x4x4x8xf32>, %[[W:[a-z]+]]: {{.+}}, %[[R:[a-z]+]]: tensor<1x4x4x16xf32>
// CHECK:         %[[Y:.+]] = cpu.conv2d %[[X]], %[[W]], %[[R]] channels 16 {
// CHECK:           arith.addf
// CHECK:           arith.maximumf
// CHECK-NOT:     cpu.map
// CHECK:         return %[[Y]]
func.func @residual(%x: tensor<1x4x4x8xf32>, %w: tensor<1x1x1x8x16xf32>, %r: tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32> {
  %0 = cpu.conv2d %x, %w channels 16 {} : (tensor<1x4x4x8xf32>, tensor<1x1x1x8x16xf32>) -> tensor<1x4x4x16xf32>
  %1 = cpu.map %r, %0 {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    cpu.yield %s : f32
  } : (tensor<1x4x4x16xf32>, tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  %2 = cpu.map %1 {
  ^bb0(%a: f32):
    %c = arith.constant 0.0 : f32
    %s = arith.maximumf %a, %c : f32
    cpu.yield %s : f32
  } : (tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  return %2 : tensor<1x4x4x16xf32>
}

// -----
// x * exp(x): one map that reads x once.
// CHECK-LABEL: @reads_once
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<4xf32>
// CHECK:         cpu.map %[[X]] {
// CHECK:           %[[E:.+]] = math.exp %[[A:.+]] : f32
// CHECK:           arith.mulf %[[A]], %[[E]]
// CHECK:         (tensor<4xf32>) -> tensor<4xf32>
// CHECK-NOT:     cpu.map
func.func @reads_once(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = cpu.map %x {
  ^bb0(%a: f32):
    %s = math.exp %a : f32
    cpu.yield %s : f32
  } : (tensor<4xf32>) -> tensor<4xf32>
  %1 = cpu.map %x, %0 {
  ^bb0(%a: f32, %b: f32):
    %s = arith.mulf %a, %b : f32
    cpu.yield %s : f32
  } : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----
// The convolution has a second reader.
// CHECK-LABEL: @two_readers
// CHECK:         cpu.conv2d
// CHECK:         cpu.map
func.func @two_readers(%x: tensor<1x4x4x8xf32>, %w: tensor<1x1x1x8x16xf32>) -> (tensor<1x4x4x16xf32>, tensor<1x4x4x16xf32>) {
  %0 = cpu.conv2d %x, %w channels 16 {} : (tensor<1x4x4x8xf32>, tensor<1x1x1x8x16xf32>) -> tensor<1x4x4x16xf32>
  %1 = cpu.map %0 {
  ^bb0(%a: f32):
    %s = arith.addf %a, %a : f32
    cpu.yield %s : f32
  } : (tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  return %0, %1 : tensor<1x4x4x16xf32>, tensor<1x4x4x16xf32>
}

// -----
// A softmax has no epilogue.
// CHECK-LABEL: @no_epilogue
// CHECK:         cpu.softmax
// CHECK:         cpu.map
func.func @no_epilogue(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = cpu.softmax %x {} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %1 = cpu.map %0 {
  ^bb0(%a: f32):
    %s = arith.addf %a, %a : f32
    cpu.yield %s : f32
  } : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}

// -----
// The gate of a squeeze-and-excitation block is smaller than what it multiplies.
// CHECK-LABEL: @larger_result
// CHECK:         cpu.gemm
// CHECK:         cpu.map
func.func @larger_result(%x: tensor<1x1x1x8xf32>, %w: tensor<1x8x16xf32>, %y: tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32> {
  %0 = cpu.gemm %x, %w columns 16 {} : (tensor<1x1x1x8xf32>, tensor<1x8x16xf32>) -> tensor<1x1x1x16xf32>
  %1 = cpu.map %y, %0 {
  ^bb0(%a: f32, %b: f32):
    %s = arith.mulf %a, %b : f32
    cpu.yield %s : f32
  } : (tensor<1x4x4x16xf32>, tensor<1x1x1x16xf32>) -> tensor<1x4x4x16xf32>
  return %1 : tensor<1x4x4x16xf32>
}

// -----
// A comparison and a choice are one kernel; operands and result have element types of their own.
// CHECK-LABEL: @types_of_their_own
// CHECK:         cpu.map %{{.+}}, %{{.+}}, %{{.+}} {
// CHECK:         ^{{.*}}(%[[A:.+]]: i64, %[[B:.+]]: i64, %[[C:.+]]: f32):
// CHECK:           %[[LESS:.+]] = arith.cmpi slt, %[[A]], %[[B]] : i64
// CHECK:           arith.select %[[LESS]], %[[C]]
// CHECK:         -> tensor<4xf32>
// CHECK-NOT:     cpu.map
func.func @types_of_their_own(%x: tensor<4xi64>, %y: tensor<4xi64>, %a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = cpu.map %x, %y {
  ^bb0(%p: i64, %q: i64):
    %less = arith.cmpi slt, %p, %q : i64
    cpu.yield %less : i1
  } : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi1>
  %1 = cpu.map %0, %a {
  ^bb0(%c: i1, %v: f32):
    %zero = arith.constant 0.0 : f32
    %chosen = arith.select %c, %v, %zero : f32
    cpu.yield %chosen : f32
  } : (tensor<4xi1>, tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----
// A reduction stores what it combines; a cast of it is another kernel.
// CHECK-LABEL: @cast_of_a_sum
// CHECK:         cpu.reduce
// CHECK:         cpu.map
func.func @cast_of_a_sum(%x: tensor<4x8xf32>) -> tensor<4xi32> {
  %0 = cpu.reduce %x axes [1] {} : (tensor<4x8xf32>) -> tensor<4xf32>
  %1 = cpu.map %0 {
  ^bb0(%v: f32):
    %whole = arith.fptosi %v : f32 to i32
    cpu.yield %whole : i32
  } : (tensor<4xf32>) -> tensor<4xi32>
  return %1 : tensor<4xi32>
}

// -----
// An activation of a whole whose parts take turns is computed with the parts; what it reads besides is the same for all of them.
// CHECK-LABEL: @turns
// CHECK-COUNT-2: arith.addf
// CHECK-NOT:     cpu.map
// CHECK:         cpu.interleave
func.func @turns(%x: tensor<1x2x8xf32>, %p: tensor<1x8x16xf32>, %q: tensor<1x8x16xf32>, %b: tensor<16xf32>) -> tensor<1x4x16xf32> {
  %0 = cpu.gemm %x, %p columns 16 {} : (tensor<1x2x8xf32>, tensor<1x8x16xf32>) -> tensor<1x2x16xf32>
  %1 = cpu.gemm %x, %q columns 16 {} : (tensor<1x2x8xf32>, tensor<1x8x16xf32>) -> tensor<1x2x16xf32>
  %2 = cpu.interleave %0, %1 factors [1, 2, 1] : (tensor<1x2x16xf32>, tensor<1x2x16xf32>) -> tensor<1x4x16xf32>
  %3 = cpu.map %2, %b {
  ^bb0(%a: f32, %c: f32):
    %s = arith.addf %a, %c : f32
    cpu.yield %s : f32
  } : (tensor<1x4x16xf32>, tensor<16xf32>) -> tensor<1x4x16xf32>
  return %3 : tensor<1x4x16xf32>
}

// -----
// A residual has other elements for each part, and a second reader needs the whole as it is.
// CHECK-LABEL: @turns_differ
// CHECK:         %[[A:.+]] = cpu.interleave
// CHECK:         cpu.map %[[A]], %{{.+}} {
// CHECK:         %[[B:.+]] = cpu.interleave
// CHECK:         cpu.map %[[B]] {
func.func @turns_differ(%x: tensor<1x2x8xf32>, %r: tensor<1x4x8xf32>) -> (tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>) {
  %0 = cpu.interleave %x, %x factors [1, 2, 1] : (tensor<1x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x4x8xf32>
  %1 = cpu.map %0, %r {
  ^bb0(%a: f32, %c: f32):
    %s = arith.addf %a, %c : f32
    cpu.yield %s : f32
  } : (tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %2 = cpu.interleave %x, %x factors [1, 2, 1] : (tensor<1x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x4x8xf32>
  %3 = cpu.map %2 {
  ^bb0(%a: f32):
    %s = math.exp %a : f32
    cpu.yield %s : f32
  } : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return %1, %2, %3 : tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>
}

// -----
// Bytes are stored as bytes and widened by the kernel that reads them, rather than stored as floats for it.
// CHECK-LABEL: @bytes
// CHECK:         %[[P:.+]] = cpu.pool2d %{{.+}} kernel [1, 1] {
// CHECK:         (tensor<1x4x4x8xui8>) -> tensor<1x4x4x8xui8>
// CHECK:         cpu.pool2d %{{.+}}, %[[P]] kernel [1, 1] {
// CHECK:           arith.uitofp
// CHECK:           arith.uitofp
// CHECK:         (tensor<1x4x4x8xui8>, tensor<1x4x4x8xui8>) -> tensor<1x4x4x8xf32>
func.func @bytes(%x: tensor<1x4x4x8xui8>, %y: tensor<1x4x4x8xui8>) -> tensor<1x4x4x8xf32> {
  %0 = cpu.pool2d %x kernel [1, 1] {} : (tensor<1x4x4x8xui8>) -> tensor<1x4x4x8xui8>
  %1 = cpu.pool2d %y kernel [1, 1] {} : (tensor<1x4x4x8xui8>) -> tensor<1x4x4x8xui8>
  %2 = cpu.map %0 {
  ^bb0(%a: i8):
    %f = arith.uitofp %a : i8 to f32
    cpu.yield %f : f32
  } : (tensor<1x4x4x8xui8>) -> tensor<1x4x4x8xf32>
  %3 = cpu.map %1 {
  ^bb0(%a: i8):
    %f = arith.uitofp %a : i8 to f32
    cpu.yield %f : f32
  } : (tensor<1x4x4x8xui8>) -> tensor<1x4x4x8xf32>
  %4 = cpu.map %2, %3 {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    cpu.yield %s : f32
  } : (tensor<1x4x4x8xf32>, tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
  return %4 : tensor<1x4x4x8xf32>
}

// -----
// A row of unknown length may be one number when the model runs: a tile steps by numbers that it knows.
// CHECK-LABEL: @open
// CHECK:         cpu.gemm %{{.+}} columns 16 {
// CHECK-NEXT:    } : (tensor<4x8xf32>, tensor<1x8x16xf32>) -> tensor<4x16xf32>
// CHECK:         cpu.map
func.func @open(%x: tensor<4x8xf32>, %r: tensor<4x?xf32>) -> tensor<4x16xf32> {
  %w = inference.constant dense<1.0> : tensor<1x8x16xf32>
  %0 = cpu.gemm %x, %w columns 16 {} : (tensor<4x8xf32>, tensor<1x8x16xf32>) -> tensor<4x16xf32>
  %1 = cpu.map %0, %r {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    cpu.yield %c : f32
  } : (tensor<4x16xf32>, tensor<4x?xf32>) -> tensor<4x16xf32>
  return %1 : tensor<4x16xf32>
}

// -----
// A kernel reads 32 operands at most: with more it gains nothing and takes long to compile.
// CHECK-LABEL: @many_operands
// CHECK:         cpu.map
// CHECK:         cpu.map
func.func @many_operands(%x: tensor<8xf32>, %a0: tensor<8xf32>, %a1: tensor<8xf32>, %a2: tensor<8xf32>, %a3: tensor<8xf32>, %a4: tensor<8xf32>, %a5: tensor<8xf32>, %a6: tensor<8xf32>, %a7: tensor<8xf32>, %a8: tensor<8xf32>, %a9: tensor<8xf32>, %a10: tensor<8xf32>, %a11: tensor<8xf32>, %a12: tensor<8xf32>, %a13: tensor<8xf32>, %a14: tensor<8xf32>, %a15: tensor<8xf32>, %a16: tensor<8xf32>) -> tensor<8xf32> {
  %0 = cpu.map %x, %a0, %a1, %a2, %a3, %a4, %a5, %a6, %a7, %a8, %a9, %a10, %a11, %a12, %a13, %a14, %a15 {
  ^bb0(%v: f32, %e0: f32, %e1: f32, %e2: f32, %e3: f32, %e4: f32, %e5: f32, %e6: f32, %e7: f32, %e8: f32, %e9: f32, %e10: f32, %e11: f32, %e12: f32, %e13: f32, %e14: f32, %e15: f32):
    %s = arith.addf %v, %e0 : f32
    cpu.yield %s : f32
  } : (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %1 = cpu.map %0, %a1, %a2, %a3, %a4, %a5, %a6, %a7, %a8, %a9, %a10, %a11, %a12, %a13, %a14, %a15, %a16 {
  ^bb0(%v: f32, %e0: f32, %e1: f32, %e2: f32, %e3: f32, %e4: f32, %e5: f32, %e6: f32, %e7: f32, %e8: f32, %e9: f32, %e10: f32, %e11: f32, %e12: f32, %e13: f32, %e14: f32, %e15: f32):
    %s = arith.addf %v, %e0 : f32
    cpu.yield %s : f32
  } : (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %1 : tensor<8xf32>
}
