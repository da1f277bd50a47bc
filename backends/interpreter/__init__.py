"""The reference executor as a target: numpy, op by op, at the level of the inference dialect."""
