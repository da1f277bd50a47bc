"""What TFLite's operators become. Images are [N, H, W, C], filters [O, kH, kW, I], as `layout nhwc` has them: nothing is transposed."""
