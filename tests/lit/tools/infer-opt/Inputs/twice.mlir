func.func @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.relu %x : tensor<4xf32>
  %2 = inference.add %0, %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}
