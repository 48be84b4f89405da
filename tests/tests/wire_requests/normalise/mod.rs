//! What two bodies may differ in and still say the same. One list per format; each is applied to both sides.

pub(crate) mod anthropic;
pub(crate) mod chat;
pub(crate) mod gemini;
pub(crate) mod images;
pub(crate) mod responses;

use serde_json::{Map, Value};

pub(crate) type Object = Map<String, Value>;

/// Removes the fields of this object that are `null`: to every vendor they are as good as absent.
fn drop_nulls(object: &mut Object) {
    object.retain(|_, value| !value.is_null());
}

/// Removes a field that has this value.
fn drop_if(object: &mut Object, name: &str, value: impl Into<Value>) {
    if object.get(name) == Some(&value.into()) {
        object.shift_remove(name);
    }
}

/// Removes lists that are empty: as good as absent.
fn drop_empty_lists(object: &mut Object, names: &[&str]) {
    for name in names {
        drop_if(object, name, Value::Array(Vec::new()));
    }
}

/// The objects of a list.
fn objects(list: Option<&mut Value>) -> impl Iterator<Item = &mut Object> {
    list.and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}

/// The object in a field.
fn object<'o>(parent: &'o mut Object, name: &str) -> Option<&'o mut Object> {
    parent.get_mut(name).and_then(Value::as_object_mut)
}

/// Whether a field holds this text.
fn is(object: &Object, name: &str, text: &str) -> bool {
    object.get(name).and_then(Value::as_str) == Some(text)
}
