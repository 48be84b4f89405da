//! One codec per wire format, both halves: pure, values in and bytes out, bytes in and values out.
