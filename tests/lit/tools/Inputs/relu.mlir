func.func @main(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["batch", 4]}) -> (tensor<?x4xf32> {inference.name = "y"}) {
  %0 = inference.add %x, %x : tensor<?x4xf32>
  %1 = inference.relu %0 : tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
}
