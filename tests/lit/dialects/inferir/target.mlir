// RUN: infer-opt %s --split-input-file --verify-diagnostics | filecheck %s

// A target reads back as it was written, its facts by name.
// CHECK:      builtin.module attributes {inferir.target = #inferir.target<cpu, arch = "znver3", features = ["avx2", "fma"], vector = 256 : i64>}
module attributes {inferir.target = #inferir.target<cpu, vector = 256 : i64, arch = "znver3", features = ["avx2", "fma"]>} {
}

// -----
// CHECK:      builtin.module attributes {inferir.target = #inferir.target<npu>}
module attributes {inferir.target = #inferir.target<npu>} {
}

// -----
// expected-error @+1 {{the target has 'vector' twice}}
module attributes {inferir.target = #inferir.target<cpu, vector = 256 : i64, vector = 512 : i64>} {
}
