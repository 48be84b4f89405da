//! Layers: each holds a provider and is one.
