// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Doubles have no other kernel: three loops over the taps; what lies outside reads as the least number.
// CHECK-LABEL: @pool_3d
// CHECK:         cpu.generate %x shape [1, 2, 4, 4, 4]
// CHECK:           %[[LEAST:.+]] = arith.constant 0xfff0000000000000 : f64
// CHECK:           scf.for
// CHECK:             scf.for
// CHECK:               scf.for {{.*}} iter_args(%[[BEST:[0-9]+]] = %{{.+}}) -> (f64)
// CHECK:                 %[[V:.+]] = cpu.load %{{.+}} when %{{.+}} else %[[LEAST]]
// CHECK:                 arith.maximumf %[[BEST]], %[[V]]
func.func @pool_3d(%x: tensor<1x2x4x4x4xf64>) -> tensor<1x2x4x4x4xf64> {
  %0 = inference.max_pool %x kernel [2, 2, 2] pads [1, 1, 1, 0, 0, 0] : (tensor<1x2x4x4x4xf64>) -> tensor<1x2x4x4x4xf64>
  return %0 : tensor<1x2x4x4x4xf64>
}

// -----
// Integers are compared as unsigned numbers; channels may come last.
// CHECK-LABEL: @pool_ui8
// CHECK:           arith.extui
// CHECK:           arith.maxsi
// CHECK:           arith.trunci
func.func @pool_ui8(%x: tensor<1x5x5x5x2xui8>) -> tensor<1x4x4x4x2xui8> {
  %0 = inference.max_pool %x kernel [2, 2, 2] layout nhwc : (tensor<1x5x5x5x2xui8>) -> tensor<1x4x4x4x2xui8>
  return %0 : tensor<1x4x4x4x2xui8>
}

// -----
// Rows of bytes go through floats, which hold them.
// CHECK-LABEL: @row_of_bytes
// CHECK:         arith.uitofp
// CHECK:         -> tensor<1x4x2xui8>
func.func @row_of_bytes(%x: tensor<1x5x2xui8>) -> tensor<1x4x2xui8> {
  %0 = inference.max_pool %x kernel [2] layout nhwc : (tensor<1x5x2xui8>) -> tensor<1x4x2xui8>
  return %0 : tensor<1x4x2xui8>
}

// -----
// Images of bytes have a kernel of their own.
// CHECK-LABEL: @image_of_bytes
// CHECK:         cpu.pool2d %{{.+}} kernel [2, 2] {
// CHECK:         (tensor<1x5x5x2xui8>) -> tensor<1x4x4x2xui8>
func.func @image_of_bytes(%x: tensor<1x5x5x2xui8>) -> tensor<1x4x4x2xui8> {
  %0 = inference.max_pool %x kernel [2, 2] layout nhwc : (tensor<1x5x5x2xui8>) -> tensor<1x4x4x2xui8>
  return %0 : tensor<1x4x4x2xui8>
}

// -----
// The value and its place come out of the same search.
// CHECK-LABEL: @with_places
// CHECK:         %[[V:.+]] = cpu.generate %x shape [1, 1, 3, 3]
// CHECK:         %[[P:.+]] = cpu.generate %x shape [1, 1, 3, 3]
// CHECK:           iter_args(%{{.+}} = %{{.+}}, %[[AT:[0-9]+]] = %{{.+}}) -> (f32, index)
// CHECK:         -> tensor<1x1x3x3xi64>
// CHECK:         return %[[V]], %[[P]]
func.func @with_places(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x3x3xf32>, tensor<1x1x3x3xi64>) {
  %0, %1 = inference.max_pool_with_indices %x kernel [2, 2] : (tensor<1x1x4x4xf32>) -> (tensor<1x1x3x3xf32>, tensor<1x1x3x3xi64>)
  return %0, %1 : tensor<1x1x3x3xf32>, tensor<1x1x3x3xi64>
}

// -----
// A mean counts what it adds; a norm of order 3 ends in a root.
// CHECK-LABEL: @means
// CHECK:           iter_args(%{{.+}} = %{{.+}}, %{{.+}} = %{{.+}}) -> (f64, f64)
// CHECK:           arith.divf
// CHECK:           math.absf
// CHECK:           math.powf
func.func @means(%x: tensor<1x2x4x4xf64>, %z: tensor<1x2x6xf32>) -> (tensor<1x2x3x3xf64>, tensor<1x2x5xf32>) {
  %0 = inference.avg_pool %x kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1] ceil_mode count_include_pad : (tensor<1x2x4x4xf64>) -> tensor<1x2x3x3xf64>
  %1 = inference.lp_pool %z kernel [2] p 3 : (tensor<1x2x6xf32>) -> tensor<1x2x5xf32>
  return %0, %1 : tensor<1x2x3x3xf64>, tensor<1x2x5xf32>
}

// -----
// A convolution of volumes in two groups: loops over the taps and over the channels of a group.
// CHECK-LABEL: @volume
// CHECK:         cpu.generate %x, %w, %b shape [1, 2, 4, 4, 4]
// CHECK:           arith.muli %i1
// CHECK:           %[[B:.+]] = cpu.load %{{.+}}[%i1] : tensor<2xf64>
// CHECK:           iter_args(%{{.+}} = %[[B]]) -> (f64)
// CHECK:           %[[V:.+]] = cpu.load %{{.+}} when %{{.+}} else
// CHECK:           %[[W:.+]] = cpu.load %{{.+}}[%i1, %{{.+}}] : tensor<2x2x3x3x3xf64>
// CHECK:           %[[P:.+]] = arith.mulf %[[V]], %[[W]]
// CHECK:           arith.addf %{{.+}}, %[[P]]
func.func @volume(%x: tensor<1x4x4x4x4xf64>, %w: tensor<2x2x3x3x3xf64>, %b: tensor<2xf64>) -> tensor<1x2x4x4x4xf64> {
  %0 = inference.conv %x, %w bias %b pads [1, 1, 1, 1, 1, 1] groups 2
     : (tensor<1x4x4x4x4xf64>, tensor<2x2x3x3x3xf64>, tensor<2xf64>) -> tensor<1x2x4x4x4xf64>
  return %0 : tensor<1x2x4x4x4xf64>
}

// -----
// A filter of unknown size: a loop over what there is.
// CHECK-LABEL: @unusual
// CHECK:         cpu.generate %x, %w shape [1, 2, "-x1_2+5", 4]
// CHECK:           %[[TAPS:.+]] = cpu.size %{{.+}} axis 2
// CHECK:           scf.for %{{.+}} = %{{.+}} to %[[TAPS]]
func.func @unusual(%x: tensor<1x2x4x4xf32>, %w: tensor<2x2x?x1xf32>) -> tensor<1x2x?x4xf32> {
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x?x1xf32>) -> tensor<1x2x?x4xf32>
  return %0 : tensor<1x2x?x4xf32>
}

// -----
// A transposed convolution is a sum over the taps that reach a position.
// CHECK-LABEL: @transposed
// CHECK:         cpu.generate %x, %w shape [1, 3, 8, 8]
// CHECK:           %[[Q:.+]] = arith.divui
// CHECK:           %[[BACK:.+]] = arith.muli %[[Q]]
// CHECK:           arith.cmpi eq, %[[BACK]]
// CHECK:           cpu.load %{{.+}} when
func.func @transposed(%x: tensor<1x2x4x4xf32>, %w: tensor<2x3x2x2xf32>) -> tensor<1x3x8x8xf32> {
  %0 = inference.conv_transpose %x, %w strides [2, 2] : (tensor<1x2x4x4xf32>, tensor<2x3x2x2xf32>) -> tensor<1x3x8x8xf32>
  return %0 : tensor<1x3x8x8xf32>
}

// -----
// An image of unknown size: the same kernels, whatever it is.
// CHECK-LABEL: @any_image
// CHECK:         cpu.conv2d
// CHECK:         cpu.pool2d
// CHECK:         cpu.pool2d {{.+}} ceil_mode
func.func @any_image(%x: tensor<?x3x?x?xf32>, %w: tensor<4x3x3x3xf32>) -> tensor<?x4x?x?xf32> {
  %0 = inference.conv %x, %w pads [1, 1, 1, 1] : (tensor<?x3x?x?xf32>, tensor<4x3x3x3xf32>) -> tensor<?x4x?x?xf32>
  %1 = inference.max_pool %0 kernel [2, 2] strides [2, 2] : tensor<?x4x?x?xf32>
  %2 = inference.max_pool %1 kernel [2, 2] strides [2, 2] ceil_mode : tensor<?x4x?x?xf32>
  return %2 : tensor<?x4x?x?xf32>
}

// -----
// Nor must the number of channels be known, of images or of lines of pixels.
// CHECK-LABEL: @any_channels
// CHECK-NOT:     cpu.conv2d
// CHECK-NOT:     cpu.pool2d
// CHECK:         return
func.func @any_channels(%x: tensor<1x?x4x4xf32>, %w: tensor<4x3x3x3xf32>, %y: tensor<?x?x8xf32>, %v: tensor<4x3x3xf32>) -> (tensor<1x4x2x2xf32>, tensor<1x?x2x2xf32>, tensor<?x4x6xf32>, tensor<?x?x4xf32>) {
  %0 = inference.conv %x, %w : (tensor<1x?x4x4xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x2x2xf32>
  %1 = inference.max_pool %x kernel [2, 2] strides [2, 2] : (tensor<1x?x4x4xf32>) -> tensor<1x?x2x2xf32>
  %2 = inference.conv %y, %v : (tensor<?x?x8xf32>, tensor<4x3x3xf32>) -> tensor<?x4x6xf32>
  %3 = inference.avg_pool %y kernel [2] strides [2] : (tensor<?x?x8xf32>) -> tensor<?x?x4xf32>
  return %0, %1, %2, %3 : tensor<1x4x2x2xf32>, tensor<1x?x2x2xf32>, tensor<?x4x6xf32>, tensor<?x?x4xf32>
}

// -----
// A window of so many planes as the run gives.
// CHECK-LABEL: @unknown_planes
// CHECK:         cpu.generate
func.func @unknown_planes(%x: tensor<1x4x4x4x2xf32>, %w: tensor<3x?x1x1x2xf32>) -> tensor<1x?x4x4x3xf32> {
  %0 = inference.conv %x, %w layout nhwc : (tensor<1x4x4x4x2xf32>, tensor<3x?x1x1x2xf32>) -> tensor<1x?x4x4x3xf32>
  return %0 : tensor<1x?x4x4x3xf32>
}

// -----
// Planes of padding times a filter that is not known to be finite may be NaN, where nothing is to be added.
// CHECK-LABEL: @padded_planes
// CHECK:         cpu.generate
func.func @padded_planes(%x: tensor<1x4x4x4x2xf32>, %w: tensor<3x3x1x1x2xf32>) -> tensor<1x4x4x4x3xf32> {
  %0 = inference.conv %x, %w pads [1, 0, 0, 1, 0, 0] layout nhwc : (tensor<1x4x4x4x2xf32>, tensor<3x3x1x1x2xf32>) -> tensor<1x4x4x4x3xf32>
  return %0 : tensor<1x4x4x4x3xf32>
}
