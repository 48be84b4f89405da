//! One schema per type, for the whole life of the program.

use std::any::TypeId;
use std::borrow::Cow;
use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

use super::Schema;
use super::shape::Root;
use crate::error::Error;

/// How many lists the schemas stand in, one after the other; a program has fewer types than that, or a few more.
const LISTS: usize = 256;

/// The schemas of all types that were asked for. The lists only grow, so a look at one takes no lock.
static SCHEMAS: [Place; LISTS] = [const { Place(OnceLock::new()) }; LISTS];

/// A place in a list, which may be its end.
struct Place(OnceLock<Box<Made>>);

struct Made {
    id: TypeId,
    schema: Arc<Schema>,
    next: Place,
}

/// The schema of a type, made at the first call.
pub(super) fn schema_of(id: TypeId, root: &Root) -> &'static Arc<Schema> {
    let mut place = &SCHEMAS[list_of(id)];
    let mut new = None;
    loop {
        while let Some(made) = place.0.get() {
            if made.id == id {
                return &made.schema;
            }
            place = &made.next;
        }
        // Made while no place is held: a type's schema may ask for those of its parts.
        let schema = new.take().unwrap_or_else(|| make_root(root));
        let made = Box::new(Made { id, schema, next: Place(OnceLock::new()) });
        // Where another thread was first, the list goes on behind its type.
        new = place.0.set(made).err().map(|made| made.schema);
    }
}

fn list_of(id: TypeId) -> usize {
    /// A type's id is a hash already.
    struct Kept(usize);

    impl Hasher for Kept {
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = self.0.rotate_left(5) ^ usize::from(*byte);
            }
        }

        fn finish(&self) -> u64 {
            self.0 as u64
        }
    }

    let mut kept = Kept(0);
    id.hash(&mut kept);
    kept.0 % LISTS
}

thread_local! {
    /// The type whose schema is made.
    static ASKED: Cell<Option<Root>> = const { Cell::new(None) };
}

/// Stands for the type whose schema is made: what the generator has by type parameter is compiled once, and not in every
/// crate for every type.
struct Asked;

impl Asked {
    fn root() -> Option<Root> {
        ASKED.get()
    }
}

impl JsonSchema for Asked {
    fn schema_name() -> Cow<'static, str> {
        Self::root().map(|root| (root.name)()).unwrap_or_default()
    }

    fn schema_id() -> Cow<'static, str> {
        Self::root().map(|root| (root.id)()).unwrap_or_default()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        Self::root().map(|root| (root.schema)(generator)).unwrap_or_default()
    }
}

/// Generates the schema of a type.
fn make_root(root: &Root) -> Arc<Schema> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.meta_schema = None;
    // A type may ask for the schema of another one while its own is made.
    let outer = ASKED.replace(Some(*root));
    let mut value = settings.into_generator().into_root_schema_for::<Asked>().to_value();
    ASKED.set(outer);
    if let Value::Object(root) = &mut value {
        // The type's name is told to vendors in a field of its own; in the schema it is noise.
        root.shift_remove("title");
    }
    make_shared(&(root.name)(), value)
}

/// A schema from JSON that the library made itself.
pub(crate) fn make_shared(name: &str, value: Value) -> Arc<Schema> {
    let name = wire_name(name);
    match Schema::new(name.clone(), value) {
        Ok(schema) => Arc::new(Schema { is_of_type: true, ..schema }),
        Err(error) => Arc::new(Schema::unusable(name, &error)),
    }
}

/// The name as vendors take it (OpenAI: `[a-zA-Z0-9_-]`, at most 64 characters).
fn wire_name(name: &str) -> Cow<'static, str> {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(64).collect();
    if name.is_empty() { Cow::Borrowed("value") } else { Cow::Owned(name) }
}

impl Schema {
    /// The schema of a type whose author wrote something unusable, a bad pattern for instance. It can be asked for by
    /// nobody: every use ends in the error that tells what is wrong.
    fn unusable(name: Cow<'static, str>, error: &Error) -> Self {
        let problems = error.problems().to_vec();
        Self {
            name,
            value: Value::Bool(false),
            is_of_type: true,
            validator: super::Validator::refuse_all(problems.clone()),
            shape: OnceLock::new(),
            wire: std::array::from_fn(|_| OnceLock::from(Err(problems.clone()))),
            told: Default::default(),
        }
    }
}
