//! For the tests of programs that use this library.
