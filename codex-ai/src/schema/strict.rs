//! What the compiler checks of `#[prompt(strict = ..)]`.

use super::WireForm;
use super::anthropic::MOST_UNIONS;
use crate::prompt::{OutputOf, PromptDef, PromptOutput};

/// Why a vendor cannot hold the answer of a prompt to its schema, as far as the type's own tokens tell: what stands in the
/// types of its fields is looked at when the schema is made, since such types may contain each other.
///
/// It asks for nothing but a prompt, so that an output without a schema is an error at the return type only.
pub const fn strict<Q: PromptDef>(form: WireForm) -> Fault {
    let mut fault = Fault::NONE;
    if <OutputOf<Q> as PromptOutput>::IS_TEXT {
        fault.add("`strict` has no meaning for free text: return `Prompt<T>` with a `T` that has `LlmSchema`, ");
        fault.add("or remove `strict`");
    }
    let options = <OutputOf<Q> as PromptOutput>::OPTIONS;
    if matches!(form, WireForm::Anthropic) && options.len() > MOST_UNIONS {
        fault.add("`anthropic` takes 16 fields of type `Option` in one answer, and `");
        fault.add(options[MOST_UNIONS]);
        fault.add("` is one too many: put some of them into a struct of their own");
    }
    fault
}

/// A text that is put together while the program is compiled.
#[derive(Debug)]
pub struct Fault {
    bytes: [u8; 256],
    length: usize,
}

impl Fault {
    const NONE: Self = Self { bytes: [b' '; 256], length: 0 };

    /// Whether nothing is wrong.
    pub const fn is_none(&self) -> bool {
        self.length == 0
    }

    /// What is wrong.
    pub const fn text(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.length);
        match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "the vendor cannot hold this answer",
        }
    }

    /// Adds all of it, or nothing where it is too long.
    const fn add(&mut self, part: &str) {
        let part = part.as_bytes();
        if part.len() > self.bytes.len() - self.length {
            return;
        }
        let mut index = 0;
        while index < part.len() {
            self.bytes[self.length] = part[index];
            self.length += 1;
            index += 1;
        }
    }
}
