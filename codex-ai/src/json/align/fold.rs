//! Words without what people leave out or change: case, accents, punctuation.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The letters and digits of a text, in lower case and without accents: `Élevé!` is `eleve`.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    plain_letters(text).filter(|c| c.is_alphanumeric()).collect()
}

/// The text in lower case and without accents, its punctuation as it is.
pub(crate) fn without_accents(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { plain_letters(text).collect() }
}

fn plain_letters(text: &str) -> impl Iterator<Item = char> {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).flat_map(|c| {
        // Letters that Unicode does not take apart.
        let (first, second) = match c {
            'ß' => ('s', Some('s')),
            'æ' => ('a', Some('e')),
            'œ' => ('o', Some('e')),
            'þ' => ('t', Some('h')),
            'ø' => ('o', None),
            'đ' | 'ð' => ('d', None),
            'ł' => ('l', None),
            'ħ' => ('h', None),
            'ı' => ('i', None),
            other => (other, None),
        };
        std::iter::once(first).chain(second)
    })
}
