//! Numbers and truth values.

use serde_json::{Number, Value};

use super::goal::Goal;
use super::scope::Fact;
use super::writer::{Made, Writer};
use crate::provider::local::classify::is_negated;
use crate::provider::local::field::{Field, Role};
use crate::provider::local::lexicon;
use crate::provider::local::numbers;
use crate::provider::local::words;

/// A number further than so many bytes from the words of a field belongs to something else.
const FAR: usize = 48;

/// So many places of a word are looked at.
const MOST_PLACES: usize = 32;

/// A scale is short: without a number in the text its middle says least. `1..=5` is a scale, `0..=255` is a type.
const LONGEST_SCALE: f64 = 10.0;

/// The largest whole number that a double holds with all its neighbours.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What a number must be.
struct Bounds {
    least: f64,
    most: f64,
    /// The same for whole numbers, exact.
    whole_least: i128,
    whole_most: i128,
    above: Option<f64>,
    below: Option<f64>,
    steps: Vec<f64>,
    scale: bool,
}

impl<'s> Writer<'s, '_> {
    /// `true` if the field's words, or words that go with them, stand in the text without a negation.
    pub(super) fn boolean(&mut self, field: &Field, need: bool, way: &mut usize) -> Option<Value> {
        let flip = *way % 2 == 1;
        *way /= 2;
        let answer = if self.is_terse() { None } else { self.truth(field) };
        let value = answer.or_else(|| need.then_some(false))?;
        Some(Value::Bool(value != flip))
    }

    fn truth(&self, field: &Field) -> Option<bool> {
        if let Some(given) = &field.given {
            let first = words::words(given).next().map(|word| word.text.to_lowercase()).unwrap_or_default();
            match first.as_str() {
                "yes" | "true" | "y" | "1" | "ja" | "on" | "oui" | "sí" | "x" => return Some(true),
                "no" | "false" | "n" | "0" | "nein" | "off" | "none" | "non" => return Some(false),
                _ => {}
            }
        }
        let source = &self.scope.source;
        let auxiliary = |word: &&String| {
            !matches!(word.as_str(), "is" | "ha" | "has" | "wa" | "was" | "are" | "can" | "should" | "need")
        };
        let names = field.words.iter().filter(auxiliary).cloned();
        let beside = field.words.iter().flat_map(|word| lexicon::beside(word)).map(|word| words::stem(word));
        let mut denied = false;
        for stem in names.chain(beside) {
            for at in source.places_of(&stem).take(MOST_PLACES) {
                if is_negated(source.text(), at) {
                    denied = true;
                } else {
                    return Some(true);
                }
            }
        }
        denied.then_some(false)
    }

    /// A number: behind the field's label, near its words, or the one that its role calls for.
    pub(super) fn number(&mut self, goal: &Goal<'s>, field: &Field, need: bool, whole: bool, way: &mut usize) -> Made {
        let bounds = Bounds::of(goal).ok_or_else(|| self.problem("the bounds of this number exclude each other"))?;
        let skip = std::mem::take(way);
        if !self.is_terse()
            && skip == 0
            && let Some(value) = self.found_number(field, &bounds, whole, need).filter(|value| !goal.is_excluded(value))
        {
            return Ok(Some(value));
        }
        if !need {
            return Ok(None);
        }
        let made = bounds.values(whole).filter(|value| !goal.is_excluded(value)).nth(skip);
        made.map(Some).ok_or_else(|| self.problem("no number is found that keeps to all bounds"))
    }

    fn found_number(&mut self, field: &Field, bounds: &Bounds, whole: bool, need: bool) -> Option<Value> {
        if let Some(given) = &field.given {
            return numbers::find(given).iter().find_map(|number| bounds.take(number, whole));
        }
        let source = self.scope.source.clone();
        let all = &source.facts().numbers;
        let free = |index: &usize| !self.scope.is_used(Fact::Number(*index));
        let suits = |index: &usize| {
            let number = &all[*index];
            let wanted = match field.role {
                Role::Year => number.is_year(),
                Role::Count => number.currency.is_none() && !number.percent && !number.is_year(),
                _ => !number.is_year(),
            };
            wanted && free(index) && bounds.take(number, whole).is_some()
        };
        let mut best: Option<(usize, usize)> = None;
        for stem in field.words.iter().chain(synonyms(field).iter()) {
            for place in source.places_of(stem).take(MOST_PLACES) {
                let after = all.partition_point(|number| number.range.start < place);
                let near = [after.checked_sub(1), Some(after)].into_iter().flatten().filter(|index| *index < all.len());
                for index in near.filter(suits) {
                    let range = &all[index].range;
                    let gap = if range.start > place { range.start - place } else { place - range.end.min(place) };
                    let currency = field.role == Role::Money && all[index].currency.is_none();
                    let cost = gap + if currency { FAR / 2 } else { 0 };
                    let same = source.sentence_at(place) == source.sentence_at(range.start);
                    if same && cost <= FAR && best.is_none_or(|(least, _)| cost < least) {
                        best = Some((cost, index));
                    }
                }
            }
        }
        let free_indices = || (0..all.len()).filter(suits);
        let by_role = || match field.role {
            Role::Year => free_indices().next(),
            Role::Money => {
                let money = free_indices().filter(|index| all[*index].currency.is_some());
                if field.words.iter().any(|word| word == "total") {
                    money.max_by(|a, b| all[*a].value.total_cmp(&all[*b].value))
                } else {
                    let mut money = money;
                    money.next().or_else(|| free_indices().next_back().filter(|_| self.scope.record))
                }
            }
            // `Ada, 36, lives in London` and `Ada (36)` tell an age.
            _ if field.words.iter().any(|word| word == "age") => {
                free_indices().find(|index| is_set_off(source.text(), &all[*index].range))
            }
            // In a line about one thing a number that is left is likely to be the one.
            _ if self.scope.record => free_indices().next(),
            _ => None,
        };
        let index = best.map(|(_, index)| index).or_else(by_role)?;
        // Without need, a price from anywhere in a long text is no find.
        let sure = self.scope.record || field.role == Role::Year || field.words.iter().any(|word| word == "age");
        if best.is_none() && !need && !sure {
            return None;
        }
        self.scope.take(Fact::Number(index));
        bounds.take(&all[index], whole)
    }
}

/// Whether commas or brackets stand around a place.
fn is_set_off(text: &str, range: &std::ops::Range<usize>) -> bool {
    let before = text[..range.start].trim_end();
    let after = text[range.end..].trim_start();
    before.ends_with([',', '(']) && after.starts_with([',', ')', '.'])
}

/// Stems that stand beside a number instead of the field's own name.
fn synonyms(field: &Field) -> Vec<String> {
    const PAIRS: &[(&str, &[&str])] = &[
        ("age", &["old", "aged"]),
        ("price", &["cost", "costs", "sells", "priced"]),
        ("population", &["inhabitants", "people", "residents"]),
        ("duration", &["lasted", "lasts", "took", "minutes", "hours"]),
        ("rating", &["stars", "rated"]),
        ("salary", &["earns", "pays"]),
    ];
    let known = PAIRS.iter().filter(|(name, _)| field.words.contains(&words::stem(name)));
    known.flat_map(|(_, others)| others.iter().map(|other| words::stem(other))).collect()
}

impl Bounds {
    fn of(goal: &Goal<'_>) -> Option<Self> {
        let numbers = |keyword: &'static str| goal.all(keyword).filter_map(Value::as_f64);
        let mut least = numbers("minimum").fold(f64::NEG_INFINITY, f64::max);
        let mut most = numbers("maximum").fold(f64::INFINITY, f64::min);
        let above = numbers("exclusiveMinimum").reduce(f64::max);
        let below = numbers("exclusiveMaximum").reduce(f64::min);
        let scale_least = above.map_or(least, |above| above.max(least));
        let scale_most = below.map_or(most, |below| below.min(most));
        let scale = scale_most - scale_least <= LONGEST_SCALE;
        let exact = |keyword: &'static str| goal.all(keyword).filter_map(exactly);
        let mut whole_least = exact("minimum").max().unwrap_or(i128::from(i64::MIN));
        let mut whole_most = exact("maximum").min().unwrap_or(i128::from(u64::MAX));
        if least > whole_least as f64 {
            whole_least = least.ceil() as i128;
        }
        if most < whole_most as f64 {
            whole_most = most.floor() as i128;
        }
        for format in goal.all("format").filter_map(Value::as_str) {
            if let Some((low, high)) = range_of(format) {
                whole_least = whole_least.max(low);
                whole_most = whole_most.min(high);
                least = least.max(low as f64);
                most = most.min(high as f64);
            } else if format == "float" {
                least = least.max(f64::from(f32::MIN));
                most = most.min(f64::from(f32::MAX));
            }
        }
        if let Some(above) = above {
            whole_least = whole_least.max(above.floor() as i128 + 1);
            least = least.max(above);
        }
        if let Some(below) = below {
            whole_most = whole_most.min(below.ceil() as i128 - 1);
            most = most.min(below);
        }
        let steps = numbers("multipleOf").filter(|step| *step > 0.0).collect();
        (least <= most).then_some(Self { least, most, whole_least, whole_most, above, below, steps, scale })
    }

    /// The number of the text, if it keeps to the bounds.
    fn take(&self, number: &numbers::Number, whole: bool) -> Option<Value> {
        match number.whole {
            Some(n) => self.whole(n),
            None if whole => None,
            None => self.fraction(number.value),
        }
    }

    fn whole(&self, n: i128) -> Option<Value> {
        let fits = (self.whole_least..=self.whole_most).contains(&n) && self.is_step(n as f64);
        fits.then(|| integer(n)).flatten()
    }

    fn fraction(&self, n: f64) -> Option<Value> {
        let fits = (self.least..=self.most).contains(&n)
            && self.above.is_none_or(|above| n > above)
            && self.below.is_none_or(|below| n < below)
            && self.is_step(n);
        if n.fract() == 0.0 && n.abs() < EXACT && fits {
            return integer(n as i128);
        }
        fits.then(|| Number::from_f64(n).map(Value::Number)).flatten()
    }

    fn is_step(&self, n: f64) -> bool {
        self.steps.iter().all(|step| {
            let quotient = n / step;
            (quotient - quotient.round()).abs() < 1e-9 && quotient.abs() < EXACT
        })
    }

    /// Numbers within the bounds, beginning with the one that says least: the middle of a scale, else the one nearest to 0.
    fn values(&self, whole: bool) -> impl Iterator<Item = Value> {
        let step = self.steps.iter().copied().fold(0.0, f64::max);
        let mut start =
            if self.scale { f64::midpoint(self.least, self.most) } else { 0.0_f64.clamp(self.least, self.most) };
        if whole {
            start = start.round();
        }
        let first = start;
        let whole_start = (first as i128).clamp(self.whole_least.min(self.whole_most), self.whole_most);
        let whole_step = if step >= 1.0 && step.fract() == 0.0 { step as i128 } else { 1 };
        let whole_base = whole_start - whole_start.rem_euclid(whole_step);
        let wholes = outwards().filter_map(move |n| self.whole(whole_base.checked_add(n.checked_mul(whole_step)?)?));
        let span = self.most - self.least;
        let fractions = outwards().filter_map(move |n| {
            let n = n as f64;
            self.fraction(if step > 0.0 {
                decimal(((first / step).round() + n) * step)
            } else if span.is_finite() {
                // Into the inside of narrow bounds, ever finer.
                decimal(first + n * span / 128.0)
            } else {
                first + n
            })
        });
        let ends = [self.least, self.most].into_iter().filter_map(|n| self.fraction(n));
        // The middle of a scale need not be whole, and one fraction early on serves those who exclude whole numbers.
        let middle = std::iter::once(first).filter(move |_| self.scale && !whole).filter_map(|n| self.fraction(n));
        let half = std::iter::once(first.trunc() + 0.5).filter(move |_| !whole).filter_map(|n| self.fraction(n));
        let mut wholes = wholes;
        let nearest = wholes.next();
        middle.chain(nearest).chain(half).chain(wholes).chain(fractions.chain(ends).filter(move |_| !whole))
    }
}

/// 0, 1, -1, 2, -2 and so on, a bounded number of them.
fn outwards() -> impl Iterator<Item = i128> {
    (0..MOST_TRIES).flat_map(|n: i128| [n, -n].into_iter().take(if n == 0 { 1 } else { 2 }))
}

/// So many numbers on both sides are tried.
const MOST_TRIES: i128 = 2_000;

/// A number without the noise that binary fractions leave behind: `0.30000000000000004` is `0.3`.
fn decimal(n: f64) -> f64 {
    format!("{n:.12}").parse().unwrap_or(n)
}

fn integer(n: i128) -> Option<Value> {
    if let Ok(n) = i64::try_from(n) {
        return Some(n.into());
    }
    u64::try_from(n).ok().map(Value::from)
}

fn exactly(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}

/// The range of the whole numbers that schemars names in `format` after the types of Rust. `int` and `uint` are `isize`
/// and `usize`; wider types are held to what JSON numbers carry here.
fn range_of(format: &str) -> Option<(i128, i128)> {
    Some(match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" | "int" | "int128" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0, u8::MAX.into()),
        "uint16" => (0, u16::MAX.into()),
        "uint32" => (0, u32::MAX.into()),
        "uint64" | "uint" | "uint128" => (0, u64::MAX.into()),
        _ => return None,
    })
}
