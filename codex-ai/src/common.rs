//! Generic code for the types that arguments and answers are mostly made of.
//!
//! A debug build takes generic code from a crate that has compiled it already. So what reads a `String` or a `Vec<u32>` is
//! compiled once, with the library, and not in each crate with a prompt: there it would be most of what an output type
//! costs. Nothing calls this.

use schemars::SchemaGenerator;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::registry::{Arguments, JsonArg};

/// Uses all of it: what nobody can call is not compiled.
pub fn compiled(arguments: &mut Arguments<'static>, text: &str, generator: &mut SchemaGenerator) -> bool {
    let mut all = argument::<&str>(arguments);
    macro_rules! also {
        ($($ty:ty)*) => {
            $(all &= argument::<$ty>(arguments) && argument::<Option<$ty>>(arguments) && argument::<Vec<$ty>>(arguments);)*
            $(all &= answer::<$ty>(text);)*
            $(schema::<$ty>(generator);)*
            $(all &= default::<$ty>() && default::<Option<$ty>>() && default::<Vec<$ty>>();)*
        };
    }
    also!(String bool u8 u16 u32 u64 usize i16 i32 i64 f32 f64);
    all
}

fn argument<T: JsonArg<'static>>(arguments: &mut Arguments<'static>) -> bool {
    arguments.read::<T>("").is_some()
}

fn answer<T: DeserializeOwned>(text: &str) -> bool {
    serde_json::from_str::<Fields<T>>(text).is_ok()
}

fn schema<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) {
    generator.subschema_for::<T>();
    generator.subschema_for::<Option<T>>();
    generator.subschema_for::<Vec<T>>();
}

fn default<T: Default + Serialize>() -> bool {
    schemars::_private::MaybeSerializeWrapper(&T::default()).maybe_to_value().is_some()
}

/// For the code that reads a field, an element, and what is missing.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only the code that reads them is wanted")]
struct Fields<T> {
    plain: T,
    optional: Option<T>,
    list: Vec<T>,
}
