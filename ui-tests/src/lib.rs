//! What the compiler says to users who make a mistake: see `fail/` and `pass/`.
