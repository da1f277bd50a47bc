func.func @main(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["batch", 4]})
    -> (tensor<?xi64> {inference.name = "places"}, tensor<?x4xf32> {inference.name = "y"}) {
  %0 = inference.relu %x : tensor<?x4xf32>
  %values, %first, %inverse, %counts = inference.host_call %0 callee "unique" : (tensor<?x4xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  %2 = inference.tanh %0 : tensor<?x4xf32>
  return %first, %2 : tensor<?xi64>, tensor<?x4xf32>
}
