//! Words of a text: where they stand, their stems, and which of them say nothing.

/// A word and where it starts, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'t> {
    pub(super) start: usize,
    pub(super) text: &'t str,
}

/// The words of a text: runs of letters and digits. A Chinese or Japanese character is a word of its own, because these
/// scripts put no space between words.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = rest.by_ref().find(|(_, c)| c.is_alphanumeric())?;
        let mut end = start + first.len_utf8();
        if !is_ideograph(first) {
            while let Some(&(at, c)) = rest.peek() {
                // An apostrophe inside a word belongs to it: `don't`.
                let inside = matches!(c, '\'' | '’') && text[at + c.len_utf8()..].starts_with(char::is_alphabetic);
                if is_ideograph(c) || !(c.is_alphanumeric() || inside || is_mark(c)) {
                    break;
                }
                end = at + c.len_utf8();
                rest.next();
            }
        }
        Some(Word { start, text: &text[start..end] })
    })
}

/// The words of an identifier: `dueDate`, `due_date` and `Due date` are `due`, `date`. Known short forms are written
/// out, so that `Invoice No.` meets `invoice_number`.
pub(super) fn name_words(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len() + 8);
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit()) {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    words(&spaced).map(|word| canonical(&word.text.to_lowercase())).collect()
}

/// The stems of a text that carry meaning, in order, each once.
pub(super) fn content_stems(text: &str) -> Vec<String> {
    let mut stems: Vec<String> = Vec::new();
    for word in words(text).take(MOST_WORDS) {
        if let Some(stem) = content_stem(word.text)
            && !stems.contains(&stem)
        {
            stems.push(stem);
        }
    }
    stems
}

/// More words than this of a description or an instruction are not looked at.
const MOST_WORDS: usize = 200;

/// The stem of a word, or `None` for a word that says nothing by itself.
pub(super) fn content_stem(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let short = lower.len() < 2;
    (!short && STOP_WORDS.binary_search(&lower.as_str()).is_err()).then(|| stem_of(lower))
}

/// A rough stem, good enough to let `charged` meet `charges`. Only ASCII words are cut.
pub(super) fn stem(word: &str) -> String {
    stem_of(word.to_lowercase())
}

fn stem_of(mut word: String) -> String {
    if !word.is_ascii() {
        return word;
    }
    cut(&mut word, "'s", 2);
    if word.len() > 4 && word.ends_with("ies") {
        word.truncate(word.len() - 3);
        word.push('y');
    } else if !["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        cut(&mut word, "s", 3);
    }
    if !cut(&mut word, "ing", 3) && !cut(&mut word, "ed", 3) {
        cut(&mut word, "ly", 4);
    }
    cut(&mut word, "e", 3);
    let end = word.as_bytes();
    if let [.., a, b] = end
        && a == b
        && b.is_ascii_alphabetic()
        && end.len() > 3
    {
        word.pop();
    }
    word
}

/// Cuts off an ending if at least `keep` letters stay.
fn cut(word: &mut String, ending: &str, keep: usize) -> bool {
    let fits = word.len() >= ending.len() + keep && word.ends_with(ending);
    if fits {
        word.truncate(word.len() - ending.len());
    }
    fits
}

/// One spelling for words that mean the same in names of fields and labels.
fn canonical(word: &str) -> String {
    let known = match word {
        "no" | "nr" | "num" | "nummer" => "number",
        "qty" | "pcs" | "menge" => "quantity",
        "tel" | "telephone" | "mobile" | "cell" | "telefon" => "phone",
        "mail" | "e-mail" => "email",
        "sum" | "summe" => "total",
        "amt" | "betrag" => "amount",
        "client" | "buyer" | "kunde" => "customer",
        "seller" | "supplier" | "merchant" => "vendor",
        "firm" | "organisation" | "organization" | "org" | "employer" => "company",
        "datum" => "date",
        "desc" => "description",
        "dob" => "birthday",
        "url" | "link" | "homepage" | "web" => "website",
        other => return stem(other),
    };
    stem(known)
}

/// Whether a character is written without spaces around words.
pub(super) fn is_ideograph(c: char) -> bool {
    c >= '\u{3040}'
        && matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Combining marks, which stand inside words of many scripts.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{065F}' | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{094F}' | '\u{0E31}'..='\u{0E4E}')
}

/// Frequent words of English and German that tell nothing about a topic. Sorted, for the binary search.
const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "all", "also", "although", "am", "an", "and", "any", "are", "as", "at", "auch", "auf",
    "aus", "be", "because", "been", "before", "bei", "being", "but", "by", "can", "could", "das", "dass", "dem", "den",
    "der", "des", "did", "die", "do", "does", "doing", "during", "each", "ein", "eine", "einem", "einen", "einer",
    "er", "es", "for", "from", "für", "had", "has", "hat", "have", "having", "he", "her", "here", "him", "his", "how",
    "i", "ich", "if", "im", "in", "into", "is", "ist", "it", "its", "just", "like", "may", "me", "might", "mit",
    "more", "most", "much", "must", "my", "nach", "nicht", "no", "nor", "not", "now", "of", "on", "one", "only", "or",
    "other", "our", "out", "over", "own", "said", "same", "says", "she", "should", "sich", "sie", "sind", "so", "some",
    "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through", "to",
    "too", "und", "until", "up", "us", "very", "von", "war", "was", "we", "were", "what", "when", "where", "which",
    "while", "who", "whom", "why", "will", "wir", "wird", "with", "would", "you", "your", "zu", "zum", "zur", "über",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stop_words_are_sorted() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn endings_do_not_keep_words_apart() {
        for (one, other) in
            [("charged", "charges"), ("shipping", "shipped"), ("bill", "billing"), ("invoices", "invoice")]
        {
            assert_eq!(stem(one), stem(other));
        }
        assert_eq!(name_words("invoiceNo"), name_words("Invoice number"));
    }
}
