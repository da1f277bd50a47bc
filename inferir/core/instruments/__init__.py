"""What watches the passes of a run, one instrument a file."""
