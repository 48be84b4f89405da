//! Google's Gemini, with images and Imagen.
