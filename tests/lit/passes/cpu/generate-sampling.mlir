// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file | filecheck %s

// Along each axis two neighbours; where they lie is computed in doubles.
// CHECK-LABEL: @bilinear
// CHECK:         cpu.generate %x shape [1, 3, 8, 8]
// CHECK:           math.ceil %{{.+}} : f64
// CHECK:           scf.for
// CHECK:             scf.for
// CHECK:               cpu.load %{{.+}}[%i0, %i1, %{{.+}}, %{{.+}}]
func.func @bilinear(%x: tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32> {
  %0 = inference.resize %x axes [2, 3] sizes [8, 8] mode linear : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return %0 : tensor<1x3x8x8xf32>
}

// -----
// Nearest neighbours read one place; all axes, also the last.
// CHECK-LABEL: @all_axes
// CHECK:         cpu.generate %x shape [1, 6, 8]
// CHECK-NOT:       scf.for
// CHECK:           cpu.load
func.func @all_axes(%x: tensor<1x3x4xf32>) -> tensor<1x6x8xf32> {
  %0 = inference.resize %x axes [1, 2] sizes [6, 8] : (tensor<1x3x4xf32>) -> tensor<1x6x8xf32>
  return %0 : tensor<1x6x8xf32>
}

// -----
// A scale that is computed says how many neighbours an antialiased shrinking looks at; weights are divided by their sum.
// CHECK-LABEL: @computed_scale
// CHECK:         cpu.generate %x, %by shape [3]
// CHECK:           cpu.load %{{.+}} : tensor<1xf32>
// CHECK:           %[[NORM:[0-9]+]] = scf.for %{{.+}} = %{{.+}} to %[[COUNT:[0-9]+]] step
// CHECK:           scf.for %{{.+}} = %{{.+}} to %[[COUNT]]
// CHECK:             arith.divf %{{.+}}, %[[NORM]]
// CHECK:           arith.minimumf
// CHECK:           arith.maximumf
func.func @computed_scale(%x: tensor<6xui8>, %s: tensor<1xf32>) -> tensor<3xui8> {
  %half = inference.constant dense<0.5> : tensor<1xf32>
  %zero = inference.sub %s, %s : tensor<1xf32>
  %by = inference.add %zero, %half : tensor<1xf32>
  %0 = inference.resize %x by %by axes [0] mode cubic antialias : (tensor<6xui8>, tensor<1xf32>) -> tensor<3xui8>
  return %0 : tensor<3xui8>
}

// -----
// A grid says where to read; a place outside reads as zero.
// CHECK-LABEL: @grid
// CHECK:         cpu.generate %x, %g shape [1, 2, 3, 3]
// CHECK:           cpu.load %{{.+}} : tensor<1x3x3x2xf32>
// CHECK:           cpu.load %{{.+}} when %{{.+}} else
func.func @grid(%x: tensor<1x2x4x4xf32>, %g: tensor<1x3x3x2xf32>) -> tensor<1x2x3x3xf32> {
  %0 = inference.host_call %x, %g callee "grid_sample" config {mode = "linear", padding_mode = "zeros", align_corners = 0 : i64}
     : (tensor<1x2x4x4xf32>, tensor<1x3x3x2xf32>) -> tensor<1x2x3x3xf32>
  return %0 : tensor<1x2x3x3xf32>
}

// -----
// Pixels of an image of unknown size have no places that are known.
// CHECK-LABEL: @any_size
// CHECK-NOT:     cpu.repeat
// CHECK:         cpu.generate %x shape [1, "2*x0_1", "x0_2"]
// CHECK:         cpu.generate %y shape ["2*x0_0", 3]
func.func @any_size(%x: tensor<1x?x?xf32>, %y: tensor<?x3xf32>) -> (tensor<1x?x?xf32>, tensor<?x3xf32>) {
  %0 = inference.resize %x axes [1] scales [2.0] coordinates asymmetric nearest floor : (tensor<1x?x?xf32>) -> tensor<1x?x?xf32>
  %1 = inference.resize %y axes [0] scales [2.0] coordinates asymmetric nearest floor : (tensor<?x3xf32>) -> tensor<?x3xf32>
  return %0, %1 : tensor<1x?x?xf32>, tensor<?x3xf32>
}
