//! Whether a provider supports what prompts require, asked before anything is sent.

use std::borrow::Cow;

use super::ask::Untyped;
use crate::capability::Capability;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::Provider;
use crate::registry::Entry;
use crate::request::{Options, Request};

/// Checks all prompts, for a provider of which the compiler knows nothing.
///
/// # Errors
/// Every prompt that the provider cannot serve, with the route and what it lacks.
pub(super) fn check_all<'a>(
    provider: &dyn Provider,
    entries: impl Iterator<Item = &'static Entry>,
    defaults: &'a Options,
) -> Result<()> {
    if !provider.is_dynamic() {
        return Ok(());
    }
    let mut unmet = Vec::new();
    for entry in entries {
        let model: Option<&'a str> = entry.model().or(defaults.model.as_deref());
        unmet.extend(lacking(provider, entry, model).map(|(route, capability)| Unmet { entry, route, capability }));
    }
    match &*unmet {
        [] => Ok(()),
        [only] => Err(refusal(only.told())),
        several => {
            let mut text = format!("{} requirements of prompts are not met", several.len());
            for (number, unmet) in several.iter().enumerate() {
                text.push_str(&format!("\n    {}. {}", number + 1, unmet.told()));
            }
            Err(refusal(text))
        }
    }
}

impl Untyped<'_> {
    /// Checks one prompt with its request. The compiler has done so for a typed call on a provider that it knows.
    pub(super) fn check_needs(self, request: &Request, entry: &'static Entry, is_typed: bool) -> Result<()> {
        let provider = self.provider;
        if entry.requires().is_empty() || is_typed && !provider.is_dynamic() {
            return Ok(());
        }
        let set = |options: Option<&'_ Options>| options.and_then(|options| options.model.clone());
        let model: Option<Cow<'static, str>> = set(self.options)
            .or_else(|| set(Some(&request.options)))
            .or_else(|| entry.model().map(Cow::Borrowed))
            .or_else(|| set(Some(self.defaults)));
        match lacking(provider, entry, model.as_deref()).next() {
            None => Ok(()),
            Some((route, capability)) => {
                Err(refusal(Unmet { entry, route, capability }.told()).with_prompt(entry.mode()))
            }
        }
    }
}

/// What a prompt requires and a provider lacks, with the names of the routes.
fn lacking<'a>(
    provider: &'a dyn Provider,
    entry: &'static Entry,
    model: Option<&'a str>,
) -> impl Iterator<Item = (String, Capability)> + 'a {
    let lacks = move |capability: &Capability| Some((provider.route_without(*capability, model)?, *capability));
    entry.requires().iter().filter_map(lacks)
}

struct Unmet {
    entry: &'static Entry,
    route: String,
    capability: Capability,
}

impl Unmet {
    fn told(&self) -> String {
        let Self { entry, route, capability } = self;
        let (mode, place) = (entry.mode(), entry.place());
        format!("the prompt `{mode}` at {place} requires `{capability}`, which `{route}` does not support")
    }
}

fn refusal(text: String) -> Error {
    Error::new(ErrorKind::Unsupported, text).with_help(
        "use a provider that does (one of your own says so by `Provider::supports`), name its model by \
         `#[prompt(model = ..)]`, or leave the prompt out: \
         `.registry(Registry::empty()).include_router(..)` takes chosen ones only",
    )
}
