//! A short text that a regular expression matches.

use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};

/// A longer text is not made.
const LONGEST: usize = 10_000;

/// After so many steps the attempt is given up: a pattern can repeat nothing very often.
const MOST_STEPS: usize = 50_000;

/// A text that the pattern is likely to match, or `None` where the pattern cannot be read or asks for too much. Look-around
/// such as `\b` is not followed, so the text has to be checked. Each open repetition is done `extra` times more than it
/// must be; `variant` takes other branches and other characters.
pub(super) fn example(pattern: &str, extra: usize, variant: usize) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    let mut maker = Maker { text: String::new(), extra, variant, steps: 0 };
    maker.write(&hir)?;
    Some(maker.text)
}

struct Maker {
    text: String,
    extra: usize,
    variant: usize,
    steps: usize,
}

impl Maker {
    fn write(&mut self, hir: &Hir) -> Option<()> {
        self.steps += 1;
        if self.steps > MOST_STEPS || self.text.len() > LONGEST {
            return None;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.text.push_str(std::str::from_utf8(&literal.0).ok()?),
            HirKind::Class(class) => self.text.push(pick(class, self.variant)?),
            HirKind::Repetition(repetition) => {
                let least = repetition.min as usize;
                let most = repetition.max.map_or(usize::MAX, |max| max as usize);
                for _ in 0..least.saturating_add(self.extra).min(most) {
                    let length = self.text.len();
                    self.write(&repetition.sub)?;
                    if self.text.len() == length {
                        break;
                    }
                }
            }
            HirKind::Capture(capture) => self.write(&capture.sub)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.write(part))?,
            HirKind::Alternation(branches) => {
                let branch = self.variant % branches.len().max(1);
                self.write(branches.get(branch)?)?;
            }
        }
        Some(())
    }
}

/// A character of a class: letters first, then digits, then whatever it has.
fn pick(class: &Class, variant: usize) -> Option<char> {
    let Class::Unicode(class) = class else {
        let Class::Bytes(class) = class else { return None };
        return class.iter().map(|range| char::from(range.start())).find(char::is_ascii);
    };
    let holds = |c: &char| class.iter().any(|range| (range.start()..=range.end()).contains(c));
    let usual: Vec<char> = USUAL.chars().filter(holds).take(8).collect();
    if usual.is_empty() {
        let starts = || class.iter().map(ClassUnicodeRange::start);
        return starts().find(|c| !c.is_control()).or_else(|| starts().next());
    }
    Some(usual[variant % usual.len()])
}

/// Characters that read well, the most welcome first.
const USUAL: &str = "abcdefghABCDEFGH1234567890-_ .,:/@#";
