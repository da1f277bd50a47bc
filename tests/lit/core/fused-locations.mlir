// RUN: infer-opt %s --pass-pipeline='func.func(fold-batch-norm,canonicalize)' --mlir-print-debuginfo --mlir-print-local-scope | filecheck %s
// RUN: infer-opt %s --pass-pipeline='func.func(cse)' --mlir-print-debuginfo --mlir-print-local-scope | filecheck %s --check-prefix=CSE

// What a rewrite makes of two ops carries the names of both, without the pattern saying so. What it leaves alone keeps its own.
// CHECK:       inference.conv {{.*}} loc(fused["conv1", "bn1"])
// CHECK-NEXT:  inference.add {{.*}} loc("twice")

// Of two equal ops the one that stays keeps its name.
// CSE:         inference.conv {{.*}} loc("conv1")
// CSE:         inference.relu {{.*}} loc({{.*}}"relu1"
// CSE-NOT:     inference.relu
func.func @f(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x2x2xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = inference.constant dense<1.0> : tensor<2x2x3x3xf32> loc("weights")
  %g = inference.constant dense<2.0> : tensor<2xf32> loc("scale")
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<1x2x2x2xf32> loc("conv1")
  %1 = inference.batch_norm %0, %g, %g, %g, %g : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32> loc("bn1")
  %2 = inference.add %1, %1 : tensor<1x2x2x2xf32> loc("twice")
  %3 = inference.relu %x : tensor<1x2x4x4xf32> loc("relu1")
  %4 = inference.relu %x : tensor<1x2x4x4xf32> loc("relu2")
  return %2, %3, %4 : tensor<1x2x2x2xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}
