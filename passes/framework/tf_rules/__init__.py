"""What TensorFlow's operators become."""
