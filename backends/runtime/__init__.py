"""What a deployed model needs, and no more: numpy and the standard library."""
