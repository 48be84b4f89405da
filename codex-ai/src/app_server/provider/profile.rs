//! The settings under which Codex is a plain model (seen with Codex 0.169.0; nothing but the request reaches the model).

use serde_json::{Map, Value, json};

use super::super::thread_options::ThreadOptions;
use crate::request::{Output, Request};

use crate::wire::lower::ANY_JSON;

type Object = Map<String, Value>;

/// How the thread of a request is started. The settings of `own` go before those of the profile, the request's before
/// both.
pub(super) fn thread_options(
    own: &ThreadOptions,
    request: &Request,
    model: Option<&str>,
    experimental: bool,
) -> ThreadOptions {
    let mut options = own.clone();
    options.ephemeral.get_or_insert(true);
    options.sandbox.get_or_insert(super::super::SandboxMode::ReadOnly);
    options.approval_policy.get_or_insert(super::super::ApprovalPolicy::Never);
    if let Some(model) = model {
        options.model = Some(model.to_owned());
    }
    if let Some(tier) = &request.options.service_tier {
        options.service_tier = Some((&**tier).into());
    }
    // Without a text the server would add its own, of 17 kB.
    let system = request.system.clone().or(options.base_instructions.take()).unwrap_or_default();
    options.base_instructions = Some(match (&request.output, system.is_empty()) {
        (Output::Json, true) => ANY_JSON.to_owned(),
        (Output::Json, false) => format!("{system}\n\n{ANY_JSON}"),
        _ => system,
    });
    if experimental && !options.extra.contains_key("environments") {
        // No environment, no text about one.
        options.extra.insert("environments".to_owned(), json!([]));
    }
    let mut config = config();
    for (key, value) in options.config.take().unwrap_or_default() {
        set(&mut config, &key, value);
    }
    options.config = Some(config);
    options
}

/// Everything off that would put tools or texts into the request.
fn config() -> Object {
    let off = [
        "shell_tool",
        "unified_exec",
        "view_image",
        "sleep_tool",
        "multi_agent",
        "goals",
        "tool_suggest",
        "hooks",
        "apps",
        "plugins",
        "remote_plugin",
    ];
    let features: Object = off.iter().map(|name| ((*name).to_owned(), Value::Bool(false))).collect();
    let config = json!({
        "features": features,
        "skills": { "include_instructions": false, "bundled": { "enabled": false } },
        "tools": { "experimental_request_user_input": { "enabled": false } },
        "agents": { "enabled": false },
        "web_search": "disabled",
        "include_permissions_instructions": false,
        "include_environment_context": false,
        "include_apps_instructions": false,
        "include_collaboration_mode_instructions": false,
    });
    match config {
        Value::Object(config) => config,
        _ => Object::new(),
    }
}

/// Sets a key, which may have dots; what stands beside it within an object stays.
fn set(config: &mut Object, key: &str, value: Value) {
    let is_plain = !key.contains('"');
    match key.split_once('.').filter(|_| is_plain) {
        Some((outer, rest)) => {
            let inner = config.entry(outer).or_insert_with(|| json!({}));
            if !inner.is_object() {
                *inner = json!({});
            }
            if let Value::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
        None => match (config.get_mut(key), value) {
            (Some(Value::Object(inner)), Value::Object(values)) => {
                for (key, value) in values {
                    set(inner, &key, value);
                }
            }
            (_, value) => {
                config.insert(key.to_owned(), value);
            }
        },
    }
}
