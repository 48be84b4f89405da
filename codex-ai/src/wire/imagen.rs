//! Imagen: `:predict`.
