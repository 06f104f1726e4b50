"""What travels: messages and values, both directions."""
