"""The aggregate shared by promotions and rotations: events, state, decisions."""
