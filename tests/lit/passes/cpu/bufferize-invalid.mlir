// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(bufferize))' --split-input-file --verify-diagnostics

func.func @too_early(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{bufferize: inference.relu has no form on buffers; lower it to the cpu dialect first}}
  %0 = inference.relu %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
func.func @not_packed(%x: tensor<2x32xf32>, %w: tensor<32x40xf32>) -> tensor<2x40xf32> {
  // expected-error @+1 {{cpu.pack_gemm: weights that are not constant cannot be packed}}
  %p = cpu.pack_gemm %w panel 16 : (tensor<32x40xf32>) -> tensor<3x32x16xf32>
  %y = cpu.gemm %x, %p columns 40 {} : (tensor<2x32xf32>, tensor<3x32x16xf32>) -> tensor<2x40xf32>
  return %y : tensor<2x40xf32>
}

// -----
func.func @declared_by_a_loop(%x: tensor<?x4xf32> {inference.dims = ["n", 4]}, %n: tensor<i64>) -> tensor<3x?x4xf32> {
  // expected-error @+1 {{bufferize: cpu.loop declares tensor<3x?x4xf32>; that dimension 0 is 3 does not follow from the inputs}}
  %0, %1 = cpu.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<?x4xf32>):
    cpu.yield %go, %v, %v : tensor<i1>, tensor<?x4xf32>, tensor<?x4xf32>
  } : (tensor<i64>, tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<3x?x4xf32>)
  return %1 : tensor<3x?x4xf32>
}
