// RUN: infer-translate %s --to=llvm | filecheck %s --check-prefix=LLVM
// RUN: infer-translate %s --to=asm --cpu=x86-64-v3 | filecheck %s --check-prefix=V3
// RUN: infer-translate %s --to=asm --cpu=x86-64-v4 | filecheck %s --check-prefix=V4
// RUN: infer-translate %s --to=asm --cpu=neoverse-n1 | filecheck %s --check-prefix=NEON

// The register tile of each machine, as LLVM IR and as the machine's instructions.
// LLVM:       define internal void @fma_tile_
// LLVM:         @llvm.fma.v16f32
// LLVM:       define i64 @{{.*}}run
// V3-LABEL:   fma_tile_6x16
// V3-NOT:       zmm
// V3:           vfmadd{{.*}} %ymm
// V4-LABEL:   fma_tile_6x64
// V4:           vfmadd{{.*}} %zmm
// NEON-LABEL: fma_tile_6x16
// NEON:         fmla{{.*}} v{{[0-9]+}}.4s
func.func @main(%x: tensor<12x32xf32>) -> tensor<12x64xf32> {
  %w = inference.constant dense<1.5> : tensor<32x64xf32>
  %0 = inference.matmul %x, %w : (tensor<12x32xf32>, tensor<32x64xf32>) -> tensor<12x64xf32>
  return %0 : tensor<12x64xf32>
}
