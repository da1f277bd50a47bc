// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// y = min(max(x, low), high); a bound that is absent does not bind. NaN stays NaN. Where low > high, y = high.
// CHECK-LABEL: @clamp
// CHECK:         inference.clamp %{{.*}} low 0.0 high 6.0 : tensor<4xf32>
func.func @clamp(%x: tensor<4xf32>) -> tensor<4xf32> {
  %ry = inference.clamp %x low 0.0 high 6.0 : tensor<4xf32>
  return %ry : tensor<4xf32>
}

// -----
// y = scale * x where x > 0, scale * alpha * (exp(x) - 1) elsewhere. Selu is elu with alpha 1.6733 and scale 1.0507.
// CHECK-LABEL: @elu
// CHECK:         inference.elu %{{.*}} alpha 2.0 : tensor<4xf32>
func.func @elu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %ry = inference.elu %x alpha 2.0 : tensor<4xf32>
  return %ry : tensor<4xf32>
}

// -----
// y = x * Phi(x), Phi the normal distribution: exact by erf, or the tanh approximation.
// CHECK-LABEL: @gelu
// CHECK:         inference.gelu %{{.*}} approximate tanh : tensor<4xf32>
func.func @gelu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %ry = inference.gelu %x approximate tanh : tensor<4xf32>
  return %ry : tensor<4xf32>
}

// -----
// y = min(max(alpha * x + beta, 0), 1).
// CHECK-LABEL: @hard_sigmoid
// CHECK:         inference.hard_sigmoid %{{.*}} : tensor<2x?xf32>
func.func @hard_sigmoid(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.hard_sigmoid %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// y = x * min(max(x / 6 + 1/2, 0), 1).
// CHECK-LABEL: @hard_swish
// CHECK:         inference.hard_swish %{{.*}} : tensor<2x?xf32>
func.func @hard_swish(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.hard_swish %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// y = x where x >= 0, alpha * x elsewhere.
// CHECK-LABEL: @leaky_relu
// CHECK:         inference.leaky_relu %{{.*}} : tensor<2x?xf32>
func.func @leaky_relu(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.leaky_relu %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// y = x - max(x) - log(sum(exp(x - max(x)))), maximum and sum along one axis.
// CHECK-LABEL: @log_softmax
// CHECK:         inference.log_softmax %{{.*}} axis 1 : tensor<1x1000xf32>
func.func @log_softmax(%x: tensor<1x1000xf32>) -> tensor<1x1000xf32> {
  %ry = inference.log_softmax %x axis 1 : tensor<1x1000xf32>
  return %ry : tensor<1x1000xf32>
}

// -----
// y = x * tanh(log(1 + exp(x))).
// CHECK-LABEL: @mish
// CHECK:         inference.mish %{{.*}} : tensor<2x?xf32>
func.func @mish(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.mish %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// y = x where x >= 0, slope * x elsewhere.
// CHECK-LABEL: @prelu
// CHECK:         inference.prelu %{{.*}}, %{{.*}} : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
func.func @prelu(%x: tensor<1x8x4x4xf32>, %slope: tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32> {
  %ry = inference.prelu %x, %slope : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
  return %ry : tensor<1x8x4x4xf32>
}

// -----
// y = 1 / (1 + exp(-x)).
// CHECK-LABEL: @sigmoid
// CHECK:         inference.sigmoid %{{.*}} : tensor<2x?xf32>
func.func @sigmoid(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.sigmoid %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// y = x * sigmoid(beta * x).
// CHECK-LABEL: @silu
// CHECK:         inference.silu %{{.*}} : tensor<2x?xf32>
func.func @silu(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.silu %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// y = exp(x - max(x)) / sum(exp(x - max(x))), maximum and sum along one axis.
// CHECK-LABEL: @softmax
// CHECK:         inference.softmax %{{.*}} axis 1 : tensor<1x1000xf32>
func.func @softmax(%x: tensor<1x1000xf32>) -> tensor<1x1000xf32> {
  %ry = inference.softmax %x axis 1 : tensor<1x1000xf32>
  return %ry : tensor<1x1000xf32>
}

// -----
// y = log(1 + exp(x)).
// CHECK-LABEL: @softplus
// CHECK:         inference.softplus %{{.*}} : tensor<2x?xf32>
func.func @softplus(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.softplus %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}

// -----
// The hyperbolic tangent.
// CHECK-LABEL: @tanh
// CHECK:         inference.tanh %{{.*}} : tensor<2x?xf32>
func.func @tanh(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %ry = inference.tanh %x : tensor<2x?xf32>
  return %ry : tensor<2x?xf32>
}
