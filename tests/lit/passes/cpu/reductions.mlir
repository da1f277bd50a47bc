// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// The maximum is taken out before the exponentials; where it is infinite, nothing is.
// CHECK-LABEL: @logsumexp
// CHECK:         cpu.reduce %{{.+}} kind max axes [1] keepdims
// CHECK:         arith.select
// CHECK:         math.exp
// CHECK:         cpu.reduce %{{.+}} axes [1] keepdims
// CHECK:         math.log
// CHECK:         cpu.reshape %{{.+}} shape [2]
func.func @logsumexp(%x: tensor<2x8xf32>) -> tensor<2xf32> {
  %0 = inference.reduce %x kind logsumexp axes [1] : (tensor<2x8xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----
// Where no axis is reduced, every element is a reduction of its own.
// CHECK-LABEL: @single_elements
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x8xf32>
// CHECK-NOT:     cpu.reduce
// CHECK:         math.absf
// CHECK:         math.absf
// CHECK:         arith.mulf
// CHECK:         return %[[X]]
func.func @single_elements(%x: tensor<2x8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>) {
  %0 = inference.reduce %x : tensor<2x8xf32>
  %1 = inference.reduce %x kind l1 : tensor<2x8xf32>
  %2 = inference.reduce %x kind l2 : tensor<2x8xf32>
  %3 = inference.reduce %x kind sum_square : tensor<2x8xf32>
  return %0, %1, %2, %3 : tensor<2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>
}

// -----
// A mean of integers is a mean of doubles that is cut.
// CHECK-LABEL: @mean_of_integers
// CHECK:         arith.sitofp %{{.+}} : i32 to f64
// CHECK:         cpu.reduce
// CHECK:         arith.mulf %{{.+}} : f64
// CHECK:         arith.fptosi %{{.+}} : f64 to i32
func.func @mean_of_integers(%x: tensor<2x8xi32>) -> tensor<2xi32> {
  %0 = inference.reduce %x kind mean axes [1] : (tensor<2x8xi32>) -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// -----
// Whether any is true is a maximum.
// CHECK-LABEL: @any
// CHECK:         cpu.reduce %{{.+}} kind max axes [1]
func.func @any(%x: tensor<2x8xi1>) -> tensor<2xi1> {
  %0 = inference.reduce %x kind any axes [1] : (tensor<2x8xi1>) -> tensor<2xi1>
  return %0 : tensor<2xi1>
}

// -----
// Half precision is summed in single and rounded once.
// CHECK-LABEL: @half
// CHECK:         arith.extf %{{.+}} : f16 to f32
// CHECK:         cpu.reduce %{{.+}} axes [1]
// CHECK:         arith.truncf %{{.+}} : f32 to f16
func.func @half(%x: tensor<2x8xf16>) -> tensor<2xf16> {
  %0 = inference.reduce %x axes [1] : (tensor<2x8xf16>) -> tensor<2xf16>
  return %0 : tensor<2xf16>
}

// -----
// CHECK-LABEL: @softmax_of_doubles
// CHECK:         cpu.reduce %{{.+}} kind max axes [1] keepdims
// CHECK:         math.exp %{{.+}} : f64
// CHECK:         cpu.reduce %{{.+}} axes [1] keepdims
// CHECK:         arith.divf %{{.+}} : f64
func.func @softmax_of_doubles(%x: tensor<2x8xf64>) -> tensor<2x8xf64> {
  %0 = inference.softmax %x axis 1 : tensor<2x8xf64>
  return %0 : tensor<2x8xf64>
}

// -----
// The place of the largest is the least of the places that hold it; NaN holds it too.
// CHECK-LABEL: @argmax
// CHECK:         cpu.reduce %{{.+}} kind max axes [1] keepdims
// CHECK:         arith.cmpf oeq
// CHECK:         arith.cmpf uno
// CHECK:         arith.select
// CHECK:         cpu.reduce %{{.+}} kind min axes [1]
func.func @argmax(%x: tensor<2x8xf32>) -> tensor<2xi64> {
  %0 = inference.argmax %x axis 1 : (tensor<2x8xf32>) -> tensor<2xi64>
  return %0 : tensor<2xi64>
}

// -----
// Each element and the one before, then the two before those, then the four.
// CHECK-LABEL: @running_sum
// CHECK:         cpu.pad %{{.+}} low [0, 1]
// CHECK:         cpu.pad %{{.+}} low [0, 2]
// CHECK:         cpu.pad %{{.+}} low [0, 4]
// CHECK-NOT:     cpu.pad
func.func @running_sum(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %a = inference.constant dense<1> : tensor<i32>
  %0 = inference.cumulate %x, %a : (tensor<2x8xf32>, tensor<i32>) -> tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}

// -----
// The largest of small integers is the same in floats, which have a pooling kernel; bytes have one of their own.
// CHECK-LABEL: @pool_of_shorts
// CHECK:           arith.sitofp
// CHECK:         cpu.pool2d
// CHECK:           arith.fptosi
func.func @pool_of_shorts(%x: tensor<1x4x4x2xi16>) -> tensor<1x2x2x2xi16> {
  %0 = inference.max_pool %x kernel [2, 2] strides [2, 2] layout nhwc : (tensor<1x4x4x2xi16>) -> tensor<1x2x2x2xi16>
  return %0 : tensor<1x2x2x2xi16>
}

// -----
// How many elements a mean divides by is a product of sizes.
// CHECK-LABEL: @mean_of_unknown_count
// CHECK:         cpu.size
// CHECK:         cpu.reduce %{{.+}} kind product axes [0]
// CHECK:         cpu.reduce %{{.+}} axes [1, 2]
// CHECK:         arith.divf
func.func @mean_of_unknown_count(%x: tensor<2x?x3xf32>) -> tensor<2xf32> {
  %0 = inference.reduce %x kind mean axes [1, 2] : (tensor<2x?x3xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
