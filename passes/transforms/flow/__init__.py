"""How control and values flow between blocks, regions and functions: what the transforms of control flow ask of every op."""
