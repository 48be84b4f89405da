//! The blocking client has what the async one has: the sources are read and compared, method by method.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use quote::ToTokens;
use syn::{FnArg, ImplItem, Item, Type, Visibility};

/// The public methods of each type of a folder, by name: whether it waits, and its parameters.
type Methods = BTreeMap<String, BTreeMap<String, Method>>;

#[derive(Debug)]
struct Method {
    is_async: bool,
    /// With their types, the receiver without its lifetime.
    parameters: Vec<String>,
}

fn methods(folder: &Path, into: &mut Methods) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            methods(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            for item in file.items {
                let item = match item {
                    Item::Struct(item) if matches!(item.vis, Visibility::Public(_)) => {
                        into.entry(item.ident.to_string()).or_default();
                        continue;
                    }
                    Item::Impl(item) => item,
                    _ => continue,
                };
                let (None, Type::Path(of)) = (item.trait_, *item.self_ty) else { continue };
                let of = of.path.segments.last().unwrap().ident.to_string();
                for item in item.items {
                    let ImplItem::Fn(item) = item else { continue };
                    if !matches!(item.vis, Visibility::Public(_)) {
                        continue;
                    }
                    let parameter = |input: &FnArg| match input {
                        // `mut self` is `self` for the caller.
                        FnArg::Receiver(of) => of.to_token_stream().to_string().replace("mut self", "self"),
                        FnArg::Typed(of) => of.ty.to_token_stream().to_string(),
                    };
                    let parameters = item.sig.inputs.iter().map(parameter).collect();
                    let method = Method { is_async: item.sig.asyncness.is_some(), parameters };
                    into.entry(of.clone()).or_default().insert(item.sig.ident.to_string(), method);
                }
            }
        }
    }
}

fn folder(name: &str) -> Methods {
    let mut all = Methods::new();
    methods(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../codex-ai/src").join(name), &mut all);
    all
}

#[test]
fn every_type_that_waits_has_a_twin_with_the_same_methods() {
    let (ours, twins) = (folder("app_server"), folder("blocking/app_server"));
    let public: BTreeSet<_> = ["Client", "Thread", "Turn", "Events", "Login"].map(str::to_owned).into();
    assert!(public.iter().all(|name| ours.contains_key(name)), "the sources were not found: {ours:?}");
    let mut missing = Vec::new();
    for (of, methods) in &ours {
        // Programs call it through `blocking::Dispatcher`, which waits for any provider.
        let called_otherwise = of == "Provider";
        if called_otherwise || !methods.values().any(|method| method.is_async) {
            continue;
        }
        let Some(twin) = twins.get(of) else {
            missing.push(of.clone());
            continue;
        };
        for (name, method) in methods {
            // The twin is an iterator.
            if name == "next" || name == "blocking_next" {
                continue;
            }
            match twin.get(name) {
                None => missing.push(format!("{of}::{name}")),
                Some(same) if same.is_async || same.parameters != method.parameters => {
                    missing.push(format!("{of}::{name}: {:?}, not {:?}", same.parameters, method.parameters));
                }
                Some(_) => {}
            }
        }
    }
    assert!(missing.is_empty(), "without a twin: {missing:#?}");
}
