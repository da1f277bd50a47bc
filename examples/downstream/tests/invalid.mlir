// RUN: infer-opt %s --split-input-file --verify-diagnostics

func.func @rates(%a: !desk.signal<48, 44100>, %b: !desk.signal<48, 48000>) {
  // expected-error @+1 {{dry has 44100 samples a second, wet 48000}}
  %0 = desk.mix %a, %b : (!desk.signal<48, 44100>, !desk.signal<48, 48000>) -> !desk.signal<48, 44100>
  return
}

// -----
func.func @loud(%a: !desk.signal<48, 44100>) {
  // expected-error @+1 {{gain is 2.0, must be from -1 to 1}}
  %0 = desk.mix %a, %a gain 2.0 : !desk.signal<48, 44100>
  return
}

// -----
func.func @matrix(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{it records a vector of known size, not tensor<2x3xf32>}}
  %0 = desk.record %x : (tensor<2x3xf32>) -> !desk.signal<6, 44100>
  return
}
