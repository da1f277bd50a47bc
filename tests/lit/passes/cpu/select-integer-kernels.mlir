// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(select-integer-kernels))' --split-input-file | filecheck %s

// The sum of each column of the weights, times the zero point, is taken back in the epilogue.
// CHECK-LABEL: @product
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4x64xui8>
// CHECK-NOT:     inference.cast
// CHECK:         %[[SUMS:.+]] = inference.constant dense<-1280> : tensor<10xi32>
// CHECK:         %[[QUADS:.+]] = inference.constant {{.*}} : tensor<1x16x16xi32>
// CHECK:         cpu.gemm %[[X]], %[[QUADS]], %[[SUMS]] columns 10 rows 4 {
// CHECK:           arith.addi
func.func @product(%x: tensor<4x64xui8>) -> tensor<4x10xi32> {
  %z = inference.constant dense<10> : tensor<i32>
  %w = inference.constant dense<2> : tensor<64x10xi32>
  %0 = inference.cast %x to i32 : (tensor<4x64xui8>) -> tensor<4x64xi32>
  %1 = inference.sub %0, %z : (tensor<4x64xi32>, tensor<i32>) -> tensor<4x64xi32>
  %2 = inference.matmul %1, %w : (tensor<4x64xi32>, tensor<64x10xi32>) -> tensor<4x10xi32>
  return %2 : tensor<4x10xi32>
}

// -----
// The processor takes unsigned x: the sign bit is flipped, which adds 128 to the zero point. A zero point may be computed.
// CHECK-LABEL: @signed
// CHECK:         inference.bitwise %{{.+}}, %{{.+}} fn xor
// CHECK:         inference.add %{{.+}}, %{{.+}} : tensor<i32>
// CHECK:         inference.mul
// CHECK:         cpu.gemm
func.func @signed(%x: tensor<4x64xi8>, %z: tensor<i32>) -> tensor<4x10xi32> {
  %w = inference.constant dense<2> : tensor<10x64xi32>
  %0 = inference.cast %x to i32 : (tensor<4x64xi8>) -> tensor<4x64xi32>
  %1 = inference.sub %0, %z : (tensor<4x64xi32>, tensor<i32>) -> tensor<4x64xi32>
  %2 = inference.matmul %1, %w transpose_b : (tensor<4x64xi32>, tensor<10x64xi32>) -> tensor<4x10xi32>
  return %2 : tensor<4x10xi32>
}

// -----
// Reshapes and transposes between the bytes and the product move to the bytes; a known zero point pads them.
// CHECK-LABEL: @convolution
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<1x3x8x8xui8>
// CHECK:         %[[P:.+]] = inference.pad %[[X]] value %{{.+}} low [0, 0, 1, 1] high [0, 0, 1, 1]
// CHECK:         %[[T:.+]] = inference.transpose %[[P]] permutation [0, 2, 3, 1] : (tensor<1x3x10x10xui8>)
// CHECK:         cpu.conv2d %[[T]], {{.+}} channels 4
func.func @convolution(%x: tensor<1x3x8x8xui8>) -> tensor<1x8x8x4xi32> {
  %z = inference.constant dense<-10> : tensor<i32>
  %w = inference.constant dense<2> : tensor<4x3x3x3xi32>
  %0 = inference.cast %x to i32 : (tensor<1x3x8x8xui8>) -> tensor<1x3x8x8xi32>
  %1 = inference.add %0, %z : (tensor<1x3x8x8xi32>, tensor<i32>) -> tensor<1x3x8x8xi32>
  %2 = inference.transpose %1 permutation [0, 2, 3, 1] : (tensor<1x3x8x8xi32>) -> tensor<1x8x8x3xi32>
  %3 = inference.conv %2, %w pads [1, 1, 1, 1] layout nhwc : (tensor<1x8x8x3xi32>, tensor<4x3x3x3xi32>) -> tensor<1x8x8x4xi32>
  return %3 : tensor<1x8x8x4xi32>
}

// -----
// Where the zero point is computed, what the padding leaves out is known: the weights' sums at each position.
// CHECK-LABEL: @computed_zero_point
// CHECK-NOT:     inference.pad
// CHECK:         inference.mul %{{.+}}, %{{.+}} : (tensor<i32>, tensor<1x8x8x4xi32>) -> tensor<1x8x8x4xi32>
// CHECK:         cpu.conv2d %{{.+}} pads [1, 1, 1, 1] channels 4
func.func @computed_zero_point(%x: tensor<1x8x8x3xui8>, %z: tensor<i32>) -> tensor<1x8x8x4xi32> {
  %w = inference.constant dense<2> : tensor<4x3x3x3xi32>
  %0 = inference.cast %x to i32 : (tensor<1x8x8x3xui8>) -> tensor<1x8x8x3xi32>
  %1 = inference.sub %0, %z : (tensor<1x8x8x3xi32>, tensor<i32>) -> tensor<1x8x8x3xi32>
  %2 = inference.conv %1, %w pads [1, 1, 1, 1] layout nhwc : (tensor<1x8x8x3xi32>, tensor<4x3x3x3xi32>) -> tensor<1x8x8x4xi32>
  return %2 : tensor<1x8x8x4xi32>
}

// -----
// Floats, plain integers, computed or larger weights, vectors, zero points along the sum: no bytes to multiply.
// CHECK-LABEL: @products_that_stay
// CHECK-NOT:     cpu.gemm
func.func @products_that_stay(%f: tensor<4x4xf32>, %x: tensor<4x4xi8>, %i: tensor<4x4xi32>, %v: tensor<4xi8>, %z: tensor<4xi32>) -> (tensor<4x4xf32>, tensor<4x4xi32>, tensor<4x4xi32>, tensor<4x4xi32>, tensor<4xi32>, tensor<4x4xi32>) {
  %w = inference.constant dense<2> : tensor<4x4xi32>
  %large = inference.constant dense<300> : tensor<4x4xi32>
  %0 = inference.matmul %f, %f : tensor<4x4xf32>
  %1 = inference.matmul %i, %w : tensor<4x4xi32>
  %c = inference.cast %x to i32 : (tensor<4x4xi8>) -> tensor<4x4xi32>
  %2 = inference.matmul %c, %i : tensor<4x4xi32>
  %3 = inference.matmul %c, %large : tensor<4x4xi32>
  %u = inference.cast %v to i32 : (tensor<4xi8>) -> tensor<4xi32>
  %4 = inference.matmul %u, %w : (tensor<4xi32>, tensor<4x4xi32>) -> tensor<4xi32>
  %d = inference.sub %c, %z : (tensor<4x4xi32>, tensor<4xi32>) -> tensor<4x4xi32>
  %5 = inference.matmul %d, %w : tensor<4x4xi32>
  return %0, %1, %2, %3, %4, %5 : tensor<4x4xf32>, tensor<4x4xi32>, tensor<4x4xi32>, tensor<4x4xi32>, tensor<4xi32>, tensor<4x4xi32>
}

// -----
// Quads say only to the next multiple of four how many rows the weights have.
// CHECK-LABEL: @unknown_depth
// CHECK-NOT:     cpu.gemm
func.func @unknown_depth(%x: tensor<4x?xi8>) -> tensor<4x2xi32> {
  %w = inference.constant dense<2> : tensor<6x2xi32>
  %0 = inference.cast %x to i32 : (tensor<4x?xi8>) -> tensor<4x?xi32>
  %1 = inference.matmul %0, %w : (tensor<4x?xi32>, tensor<6x2xi32>) -> tensor<4x2xi32>
  return %1 : tensor<4x2xi32>
}

// -----
// Every channel by itself: whole numbers as floats, whose sums are exact. Groups have panels of their own. Bias and correction are one.
// CHECK-LABEL: @groups
// CHECK:         cpu.dwconv2d
// CHECK:         (tensor<1x8x8x4xui8>, tensor<3x3x4xf32>) -> tensor<1x6x6x4xi32>
// CHECK:         %[[SUM:.+]] = inference.constant dense<[-359, -358, -357, -356]> : tensor<4xi32>
// CHECK:         cpu.conv2d %{{.+}}, %{{.+}}, %[[SUM]] channels 4 groups 2 {
// CHECK:         (tensor<1x8x8x4xui8>, tensor<2x3x3x1x16xi32>, tensor<4xi32>) -> tensor<1x6x6x4xi32>
func.func @groups(%x: tensor<1x8x8x4xui8>) -> (tensor<1x6x6x4xi32>, tensor<1x6x6x4xi32>) {
  %each = inference.constant dense<2> : tensor<4x3x3x1xi32>
  %w = inference.constant dense<2> : tensor<4x3x3x2xi32>
  %z = inference.constant dense<10> : tensor<i32>
  %b = inference.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  %0 = inference.cast %x to i32 : (tensor<1x8x8x4xui8>) -> tensor<1x8x8x4xi32>
  %1 = inference.conv %0, %each groups 4 layout nhwc : (tensor<1x8x8x4xi32>, tensor<4x3x3x1xi32>) -> tensor<1x6x6x4xi32>
  %2 = inference.sub %0, %z : (tensor<1x8x8x4xi32>, tensor<i32>) -> tensor<1x8x8x4xi32>
  %3 = inference.conv %2, %w bias %b groups 2 layout nhwc : (tensor<1x8x8x4xi32>, tensor<4x3x3x2xi32>, tensor<4xi32>) -> tensor<1x6x6x4xi32>
  return %1, %3 : tensor<1x6x6x4xi32>, tensor<1x6x6x4xi32>
}

// -----
// Unsigned weights become signed ones and 128 for each output, times the sum of the row of x.
// CHECK-LABEL: @middles
// CHECK:         %[[SUM:.+]] = cpu.gemm %{{.+}} columns 1
// CHECK:         %[[MIDDLE:.+]] = inference.constant dense<[0, 200]> : tensor<2xi32>
// CHECK:         cpu.gemm %{{.+}}, %[[SUM]], %[[MIDDLE]], %{{.+}} columns 2
// CHECK:           arith.muli
// CHECK:         %[[SUMS:.+]] = cpu.conv2d %{{.+}} channels 1
// CHECK:         cpu.conv2d %{{.+}}, %[[SUMS]], %{{.+}} channels 2
func.func @middles(%x: tensor<4x1xui8>, %i: tensor<1x4x4x1xui8>) -> (tensor<4x2xi32>, tensor<1x4x4x2xi32>) {
  %z = inference.constant dense<10> : tensor<i32>
  %w = inference.constant dense<[[3, 200]]> : tensor<1x2xi32>
  %k = inference.constant dense<200> : tensor<2x1x1x1xi32>
  %0 = inference.cast %x to i32 : (tensor<4x1xui8>) -> tensor<4x1xi32>
  %1 = inference.sub %0, %z : (tensor<4x1xi32>, tensor<i32>) -> tensor<4x1xi32>
  %2 = inference.matmul %1, %w : (tensor<4x1xi32>, tensor<1x2xi32>) -> tensor<4x2xi32>
  %3 = inference.cast %i to i32 : (tensor<1x4x4x1xui8>) -> tensor<1x4x4x1xi32>
  %4 = inference.conv %3, %k layout nhwc : (tensor<1x4x4x1xi32>, tensor<2x1x1x1xi32>) -> tensor<1x4x4x2xi32>
  return %2, %4 : tensor<4x2xi32>, tensor<1x4x4x2xi32>
}

// -----
// A row is an image one line high; one of a dynamic size stays.
// CHECK-LABEL: @rows
// CHECK:         %[[I:.+]] = inference.reshape %{{.+}} shape [-1, 1, 8, 4] : (tensor<?x8x4xui8>)
// CHECK:         cpu.conv2d %[[I]], {{.+}} strides [1, 2] channels 2
// CHECK:         inference.reshape %{{.+}} shape [-1, 3, 2]
// CHECK:         inference.conv
func.func @rows(%x: tensor<?x8x4xui8>, %y: tensor<1x?x4xui8>) -> (tensor<?x3x2xi32>, tensor<1x?x2xi32>) {
  %k = inference.constant dense<2> : tensor<2x3x4xi32>
  %0 = inference.cast %x to i32 : (tensor<?x8x4xui8>) -> tensor<?x8x4xi32>
  %1 = inference.conv %0, %k strides [2] layout nhwc : (tensor<?x8x4xi32>, tensor<2x3x4xi32>) -> tensor<?x3x2xi32>
  %2 = inference.cast %y to i32 : (tensor<1x?x4xui8>) -> tensor<1x?x4xi32>
  %3 = inference.conv %2, %k layout nhwc : (tensor<1x?x4xi32>, tensor<2x3x4xi32>) -> tensor<1x?x2xi32>
  return %1, %3 : tensor<?x3x2xi32>, tensor<1x?x2xi32>
}

// -----
// CHECK-LABEL: @middles_of_groups
// CHECK-NOT:     cpu.conv2d
func.func @middles_of_groups(%i: tensor<1x4x4x4xui8>) -> tensor<1x4x4x2xi32> {
  %k = inference.constant dense<200> : tensor<2x1x1x2xi32>
  %0 = inference.cast %i to i32 : (tensor<1x4x4x4xui8>) -> tensor<1x4x4x4xi32>
  %1 = inference.conv %0, %k groups 2 layout nhwc : (tensor<1x4x4x4xi32>, tensor<2x1x1x2xi32>) -> tensor<1x4x4x2xi32>
  return %1 : tensor<1x4x4x2xi32>
}

// -----
// CHECK-LABEL: @convolutions_that_stay
// CHECK-NOT:     cpu.conv2d
func.func @convolutions_that_stay(%f: tensor<1x2x4x4xf32>, %k: tensor<2x2x1x1xf32>, %i: tensor<1x2x4x4xi32>, %x: tensor<1x2x4x4xi8>, %d: tensor<1x2x?x4xi8>, %z: tensor<i32>, %e: tensor<4xi32>, %v: tensor<1x2x4x4x4xi8>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xi32>, tensor<1x2x?x4xi32>, tensor<1x2x4x4xi32>, tensor<1x2x?x4xi32>, tensor<1x2x4x4xi32>, tensor<1x2x4x4x4xi32>) {
  %w = inference.constant dense<2> : tensor<2x2x1x1xi32>
  %cube = inference.constant dense<2> : tensor<2x2x1x1x1xi32>
  %large = inference.constant dense<300> : tensor<2x2x1x1xi32>
  %0 = inference.conv %f, %k : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = inference.conv %i, %w : (tensor<1x2x4x4xi32>, tensor<2x2x1x1xi32>) -> tensor<1x2x4x4xi32>
  %c = inference.cast %x to i32 : (tensor<1x2x4x4xi8>) -> tensor<1x2x4x4xi32>
  %3 = inference.conv %c, %large : (tensor<1x2x4x4xi32>, tensor<2x2x1x1xi32>) -> tensor<1x2x4x4xi32>
  %g = inference.cast %d to i32 : (tensor<1x2x?x4xi8>) -> tensor<1x2x?x4xi32>
  %2 = inference.conv %g, %w : (tensor<1x2x?x4xi32>, tensor<2x2x1x1xi32>) -> tensor<1x2x?x4xi32>
  %o = inference.cast %v to i32 : (tensor<1x2x4x4x4xi8>) -> tensor<1x2x4x4x4xi32>
  %6 = inference.conv %o, %cube : (tensor<1x2x4x4x4xi32>, tensor<2x2x1x1x1xi32>) -> tensor<1x2x4x4x4xi32>
  %h = inference.sub %g, %z : (tensor<1x2x?x4xi32>, tensor<i32>) -> tensor<1x2x?x4xi32>
  %4 = inference.conv %h, %w : (tensor<1x2x?x4xi32>, tensor<2x2x1x1xi32>) -> tensor<1x2x?x4xi32>
  %l = inference.sub %c, %e : (tensor<1x2x4x4xi32>, tensor<4xi32>) -> tensor<1x2x4x4xi32>
  %5 = inference.conv %l, %w : (tensor<1x2x4x4xi32>, tensor<2x2x1x1xi32>) -> tensor<1x2x4x4xi32>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xi32>, tensor<1x2x?x4xi32>, tensor<1x2x4x4xi32>, tensor<1x2x?x4xi32>, tensor<1x2x4x4xi32>, tensor<1x2x4x4x4xi32>
}
