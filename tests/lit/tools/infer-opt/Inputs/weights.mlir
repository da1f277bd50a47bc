builtin.module attributes {inference.weights = "m.safetensors"} {
  func.func @main() -> tensor<2xf32> {
    %w = inference.constant #inference.weight<"w"> : tensor<2xf32>
    return %w : tensor<2xf32>
  }
}
