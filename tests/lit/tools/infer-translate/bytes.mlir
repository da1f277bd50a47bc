// RUN: infer-translate %s --to=asm --cpu=x86-64-v3 | filecheck %s --check-prefix=V3
// RUN: infer-translate %s --to=asm --cpu=x86-64-v4 | filecheck %s --check-prefix=V4
// RUN: infer-translate %s --to=asm --cpu=%S/Inputs/vnni.toml | filecheck %s --check-prefix=VNNI

// Bytes are multiplied by the dot product of four, or as words in pairs. Sums of bytes that saturate are never used.
// V3-LABEL:   fma_tile_4x16
// V3-NOT:       vpmaddubsw
// V3:           vpmaddwd{{.*}} %ymm
// V4-LABEL:   fma_tile_
// V4-NOT:       vpmaddubsw
// V4:           vpmaddwd{{.*}} %zmm
// VNNI-LABEL: fma_tile_6x64
// VNNI:         vpdpbusd{{.*}} %zmm
func.func @main(%x: tensor<12x32xui8>) -> tensor<12x64xi32> {
  %w = inference.constant dense<3> : tensor<32x64xi32>
  %0 = inference.cast %x to i32 : (tensor<12x32xui8>) -> tensor<12x32xi32>
  %1 = inference.matmul %0, %w : (tensor<12x32xi32>, tensor<32x64xi32>) -> tensor<12x64xi32>
  return %1 : tensor<12x64xi32>
}
