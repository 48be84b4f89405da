//! What a long string of JSON says. An answer that is JSON itself comes with a backslash before each of its quotes, and
//! `serde_json` begins anew after every one.

/// What a string says whose inside begins here, and how long it is as it is written, up to its last quote. `None` for what
/// is no string, and for one with a code point, which is for a whole parser.
pub(super) fn string(json: &str) -> Option<(String, usize)> {
    let json = json.as_bytes();
    // It never gets longer than it is written.
    let mut out = vec![0; json.len()];
    let (mut from, mut to) = (0, 0);
    loop {
        let word = json.get(from..).and_then(<[u8]>::first_chunk);
        let room = out.get_mut(to..).and_then(<[u8]>::first_chunk_mut);
        if let (Some(word), Some(room)) = (word, room) {
            // What is copied too much is overwritten by what follows.
            *room = *word;
            let plain = before_special(u64::from_le_bytes(*word));
            from += plain;
            to += plain;
            if plain == 8 {
                continue;
            }
        }
        let byte = match json.get(from)? {
            b'"' => break,
            b'\\' => {
                from += 1;
                match json.get(from)? {
                    same @ (b'"' | b'\\' | b'/') => *same,
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'b' => 8,
                    b'f' => 12,
                    _ => return None,
                }
            }
            0..b' ' => return None,
            plain => *plain,
        };
        *out.get_mut(to)? = byte;
        from += 1;
        to += 1;
    }
    out.truncate(to);
    if out.capacity() / 2 > to {
        out.shrink_to_fit();
    }
    Some((String::from_utf8(out).ok()?, from))
}

/// How many of 8 bytes, the lowest first, stand before a quote, a backslash or what no string has; 8 where all are plain.
fn before_special(bytes: u64) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    // Set the high bit of the lowest byte that is zero, or less than a space, and of none below it.
    let zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes;
    let control = bytes.wrapping_sub(ONES * u64::from(b' ')) & !bytes;
    let found = zero(bytes ^ (ONES * u64::from(b'"'))) | zero(bytes ^ (ONES * u64::from(b'\\'))) | control;
    ((found & (ONES << 7)).trailing_zeros() / 8) as usize
}
