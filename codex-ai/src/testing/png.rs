//! A small PNG (W3C PNG, third edition) that is made by rule.

/// Width and height in pixels.
const SIDE: u32 = 64;

/// A pattern for this text: a symmetric grid of eight by eight squares in two colours.
pub(super) fn pattern(text: &str) -> Vec<u8> {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        // FNV-1a, 64 bits.
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The last bits of FNV change most; the pattern takes the upper half, the colour the lower.
    let mixed = hash ^ (hash >> 29);
    let mut pixels = Vec::with_capacity((SIDE * (SIDE / 8 + 1)) as usize);
    for y in 0..SIDE {
        // Each line begins with its filter: none.
        pixels.push(0);
        let half = (mixed >> (32 + y / 8 * 4)) & 0xf;
        for square in 0..8 {
            let column = if square < 4 { square } else { 7 - square };
            pixels.push(if half >> column & 1 == 1 { 0xff } else { 0 });
        }
    }
    let [red, green, blue, ..] = mixed.to_le_bytes();
    let palette = [245, 245, 240, red / 2, green / 2, blue / 2];
    let mut header = Vec::new();
    header.extend(SIDE.to_be_bytes());
    header.extend(SIDE.to_be_bytes());
    // One bit a pixel, by palette, the only compression and filter methods there are, not interlaced.
    header.extend([1, 3, 0, 0, 0]);

    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"PLTE", &palette);
    chunk(&mut png, *b"IDAT", &stored(&pixels));
    chunk(&mut png, *b"IEND", &[]);
    png
}

/// A zlib stream (RFC 1950) of one stored block, which holds at most 65,535 bytes.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let data = &data[..usize::from(length)];
    let mut out = vec![0x78, 0x01, 1];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(data);
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    out.extend((b << 16 | a).to_be_bytes());
    out
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    png.extend(length.to_be_bytes());
    let start = png.len();
    png.extend(kind);
    png.extend(data);
    let crc = png[start..].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    png.extend((!crc).to_be_bytes());
}
