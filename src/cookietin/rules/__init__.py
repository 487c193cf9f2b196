"""Pure functions, one rule of a specification each: no state, no clock, no cookies."""
