"""How reactivity works, as pure state machines: no I/O, no clock, no awaits.

Everything the outside world does arrives as a method call; everything the engine wants done leaves as an
effect.
"""
