// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(select-tiles))' --split-input-file --verify-diagnostics

// The passes of the cpu target need a cpu, of facts that a cpu has.
// expected-error @+1 {{the module is for a target of kind 'npu': the passes of cpu need #inferir.target<cpu, ...>}}
module attributes {inferir.target = #inferir.target<npu, lanes = 4 : i64>} {
  func.func @another_kind(%x: tensor<100x32xf32>, %p: tensor<32x256xf32>) -> tensor<100x256xf32> {
    %w = cpu.pack_gemm %p : (tensor<32x256xf32>) -> tensor<16x32x16xf32>
    %0 = cpu.gemm %x, %w columns 256 {} : (tensor<100x32xf32>, tensor<16x32x16xf32>) -> tensor<100x256xf32>
    return %0 : tensor<100x256xf32>
  }
}

// -----
// expected-error @+1 {{a cpu has no fact 'vectors'; did you mean 'vector'?}}
module attributes {inferir.target = #inferir.target<cpu, vectors = 256 : i64>} {
  func.func @unknown_fact(%x: tensor<100x32xf32>, %p: tensor<32x256xf32>) -> tensor<100x256xf32> {
    %w = cpu.pack_gemm %p : (tensor<32x256xf32>) -> tensor<16x32x16xf32>
    %0 = cpu.gemm %x, %w columns 256 {} : (tensor<100x32xf32>, tensor<16x32x16xf32>) -> tensor<100x256xf32>
    return %0 : tensor<100x256xf32>
  }
}

// -----
// expected-error @+1 {{'l2' of a cpu is a positive integer, not 0}}
module attributes {inferir.target = #inferir.target<cpu, l2 = 0 : i64>} {
  func.func @no_cache(%x: tensor<100x32xf32>, %p: tensor<32x256xf32>) -> tensor<100x256xf32> {
    %w = cpu.pack_gemm %p : (tensor<32x256xf32>) -> tensor<16x32x16xf32>
    %0 = cpu.gemm %x, %w columns 256 {} : (tensor<100x32xf32>, tensor<16x32x16xf32>) -> tensor<100x256xf32>
    return %0 : tensor<100x256xf32>
  }
}
