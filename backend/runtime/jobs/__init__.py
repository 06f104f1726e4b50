"""Functions that run later: scheduled by other functions, or again and again."""
