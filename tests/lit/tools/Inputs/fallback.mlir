func.func @main(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["batch", 4]})
    -> (tensor<2x?xi64> {inference.name = "places"}, tensor<?x4xf32> {inference.name = "y"}) {
  %0 = inference.relu %x : tensor<?x4xf32>
  %1 = inference.non_zero %0 : (tensor<?x4xf32>) -> tensor<2x?xi64>
  %2 = inference.tanh %0 : tensor<?x4xf32>
  return %1, %2 : tensor<2x?xi64>, tensor<?x4xf32>
}
