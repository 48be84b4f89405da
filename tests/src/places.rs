//! The places in a recorded body where something could stand that nobody knows yet.

use serde_json::Value;

/// A place in a JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The names on the way to it, and the types of the objects; the same for all that are alike.
    pub shape: String,
    /// Where it is, as a JSON pointer.
    pub pointer: String,
}

/// All objects of a value, and those of its lists that have one of the names `lists`. What stands in a field of one of
/// the names `users` is left out: what the user, or the model, named there is no matter of the format.
pub fn places(value: &Value, lists: &[&str], users: &[&str]) -> Vec<Place> {
    let mut found = Vec::new();
    walk(value, Place { shape: String::new(), pointer: String::new() }, lists, users, &mut found);
    found
}

fn walk(value: &Value, at: Place, lists: &[&str], users: &[&str], found: &mut Vec<Place>) {
    match value {
        Value::Object(object) => {
            let kind = object.get("type").or_else(|| object.get("role")).and_then(Value::as_str);
            let shape = kind.map_or_else(|| at.shape.clone(), |kind| format!("{}<{kind}>", at.shape));
            for (name, value) in object {
                // The list of messages of the Responses API has a name that other formats have for arguments.
                if users.contains(&name.as_str()) && !(name == "input" && value.is_array()) {
                    continue;
                }
                let escaped = name.replace('~', "~0").replace('/', "~1");
                let next = Place { shape: format!("{shape}.{name}"), pointer: format!("{}/{escaped}", at.pointer) };
                if value.is_array() && lists.contains(&name.as_str()) {
                    found.push(Place { shape: format!("{}[]", next.shape), ..next.clone() });
                }
                walk(value, next, lists, users, found);
            }
            found.push(Place { shape, ..at });
        }
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                let next = Place { shape: format!("{}[]", at.shape), pointer: format!("{}/{i}", at.pointer) };
                walk(value, next, lists, users, found);
            }
        }
        _ => {}
    }
}
