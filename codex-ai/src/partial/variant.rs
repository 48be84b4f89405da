//! The partial value of an enum with data. For generated code only.

use super::{Cursor, Grown, Step, is_named};

/// The partial value of an enum with data.
pub trait Variants {
    /// Becomes the variant of this index, of which nothing has come.
    fn begin(&mut self, index: usize);

    /// Hands what the variant holds to the step, which takes in what has come of it.
    fn fill(&mut self, step: OfVariant<'_>) -> bool;
}

/// What has come of a variant.
#[derive(Debug)]
pub struct OfVariant<'a> {
    /// The index of the variant.
    index: usize,
    at: Cursor<'a>,
}

impl OfVariant<'_> {
    /// Takes in the fields of the variant of this index.
    pub fn fields(self, index: usize, seen: &mut usize, names: &[&str], parts: &mut [&mut dyn Grown]) -> bool {
        self.index == index && Step::All(self.at).over(seen, names, parts)
    }

    /// Takes in the one value, or all of the list, that the variant of this index holds.
    pub fn items(self, index: usize, parts: &mut [&mut dyn Grown]) -> bool {
        if self.index != index {
            return false;
        }
        if let [one] = parts {
            return one.grown("", self.at);
        }
        parts
            .iter_mut()
            .enumerate()
            .fold(false, |changed, (index, part)| self.at.place(index).is_some_and(|at| part.grown("", at)) || changed)
    }
}

impl Cursor<'_> {
    /// Takes in what has come of an enum's value. `names` are those of the variants, with a NUL between those of one; `tag`
    /// and `content` are the keys that serde has for them.
    pub fn choose(
        self,
        (tag, content): (Option<&str>, Option<&str>),
        names: &[&str],
        is_begun: bool,
        value: &mut dyn Variants,
    ) -> bool {
        self.variant(tag, content).is_some_and(|(name, content)| choose(name, content, names, is_begun, value))
    }

    /// Takes in the content of the variant of this name, which is a field of the object around the enum's value.
    pub fn choose_named(self, name: &str, names: &[&str], is_begun: bool, value: &mut dyn Variants) -> bool {
        choose(name, Some(self), names, is_begun, value)
    }
}

/// `name` is that of the variant, whose content is at `content` once it has begun.
fn choose(name: &str, content: Option<Cursor<'_>>, names: &[&str], is_begun: bool, value: &mut dyn Variants) -> bool {
    let Some(index) = names.iter().position(|known| is_named(known, name)) else { return false };
    if !is_begun {
        value.begin(index);
    }
    let has_grown = content.is_some_and(|at| value.fill(OfVariant { index, at }));
    !is_begun || has_grown
}
