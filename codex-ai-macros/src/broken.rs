//! Broken input: whatever stands below the macros, they do not panic, and the user's function stays.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;

/// A stream of numbers that is the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}

fn prompts() -> Vec<(TokenStream, TokenStream)> {
    vec![
        (
            quote!(
                mode = "a.b",
                model = "openai/x",
                temperature = 0.5,
                max_tokens = 3,
                tools(look_up, a::b, <S>::c, S::<u8>::d),
                marker = X,
                json = true,
                crate = ::c
            ),
            quote! {
                /// Docs.
                #[deprecated]
                pub(crate) async fn sum_up<'x>(
                    /// The text.
                    text: &'x str,
                    mut list: Vec<Cow<'_, str>>,
                    #[arg(default = Map::<u8, &str>::new(), rename = "m")] map: Map<u8, &str>,
                    note: Option<&str>,
                    cut: &dyn for<'b> Fn(&'b str) -> &'b str,
                ) -> Result<Prompt<Summary>, Box<dyn Error>> {
                    let body = |x: u8| x + 1;
                    Prompt::new().user(format!("{text}"))
                }
            },
        ),
        (
            quote!(),
            quote!(
                async fn f() -> String {
                    String::new()
                }
            ),
        ),
        (
            quote!(temperature = -1, max_tokens),
            quote!(
                unsafe extern "C" fn f<T>(&mut self, (a, b): (u8, T))
                where
                    T: X;
            ),
        ),
        (
            quote!(mode = "x"),
            quote!(
                pub struct S<T> {
                    a: T,
                }
            ),
        ),
    ]
}

fn blocks() -> Vec<(TokenStream, TokenStream)> {
    vec![
        (
            quote!(crate = ::c),
            quote! {
                /// Docs.
                #[cfg(all())]
                impl a::Store<b::Disk> {
                    const N: [u8; { 3 }] = [0; { 3 }];
                    #[prompt(mode = "a.b", temperature = 0.5)]
                    /// Docs.
                    pub(crate) async fn sum_up<'x>(&'x self, text: &str, #[arg(default = Self::N)] n: [u8; 3]) -> Result<Prompt<Self>, E> {
                        Self::helper(|x: u8| x + 1)
                    }
                    #[tool(name = "t")]
                    async fn look_up(&self, #[arg(default)] a: &Path) -> Vec<Self> { Vec::new() }
                    #[inline]
                    fn helper<F>(self, f: F) -> Foo<{ 3 }> where F: Fn(u8) -> u8 { f(1) }
                    a::macro_call!(x; y);
                    #[prompt]
                    async fn other(self: &Self) -> String { String::new() }
                }
            },
        ),
        (
            quote!(),
            quote!(
                unsafe impl<T: X, const N: usize> Tr<T> for S<'_, T>
                where
                    T: Y,
                {
                    #[codex_ai::prompt(moed = 1)]
                    #[prompt]
                    fn f(mut self, (a, b): (u8, T)) -> impl X {}
                    type X = u8;
                }
            ),
        ),
        (
            quote!(x),
            quote!(
                pub struct S {
                    #[prompt]
                    a: u8,
                }
            ),
        ),
    ]
}

fn types() -> Vec<TokenStream> {
    vec![
        quote! {
            /// Docs.
            #[serde(rename_all = "camelCase", default)]
            #[llm(description = "x", validate = Self::f, crate = ::c)]
            pub struct S<'a, T: Clone = u8, const N: usize = 3> where T: X {
                #[llm(min = 1, max = 2, example = f(1, 2), with = Map<u8, T>, check = a::b::<3>, stream = "done, not_null")]
                pub a: Option<T>,
                #[serde(default = "x::y", rename = "b")]
                #[llm(pattern = "^a$", format = "email", min_length = 1, max_length = 3)]
                b: Cow<'a, str>,
                c: [Self; N],
            }
        },
        quote! {
            #[serde(tag = "kind")]
            enum E<T> { #[llm(description = "x")] A, B(#[llm(min = 1)] T, u8), C { #[serde(skip)] x: Vec<Box<Self>> } = 3 }
        },
        quote!(
            struct N(#[llm(min_items = 1)] Vec<u8>);
        ),
        quote!(
            struct U;
        ),
        quote!(union V { a: u8 }),
    ]
}

fn tools() -> Vec<(TokenStream, TokenStream)> {
    vec![
        (
            quote!(name = "look-up", marker = LookUp, crate = ::c),
            quote! {
                /// Docs.
                #[cfg(all())]
                pub(crate) async fn look_up<'x>(
                    /// The name.
                    name: &'x str,
                    #[arg(default = f(1, 2), rename = "type")] kind: &[u8],
                    note: Option<Cow<'_, str>>,
                ) -> Result<Vec<Found>, E> {
                    helper(|x: u8| x + 1)
                }
            },
        ),
        (
            quote!(),
            quote!(
                async fn ping() {}
            ),
        ),
        (
            quote!(nmae),
            quote!(
                const fn f(&self, (a, b): (u8, u8)) -> impl X {
                    let x = Self::y();
                }
            ),
        ),
    ]
}

#[test]
fn tools_do_not_panic_and_the_function_stays() {
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let originals = tools();
    for round in 0..ROUNDS {
        let (mut attr, mut item) = originals[round % originals.len()].clone();
        for _ in 0..=random.below(3) {
            if random.below(4) == 0 {
                attr = mutate(attr, &mut random);
            } else {
                item = mutate(item, &mut random);
            }
        }
        let shown = format!("#[tool({attr})] {item}");
        let output = crate::tool::expand(attr, item.clone()).to_string();
        let kept = body(item);
        assert!(output.contains(&kept), "{kept}\nis not in\n{output}\nof\n{shown}");
    }
}

/// Tokens that upset parsers.
fn odd(random: &mut Random) -> TokenTree {
    let puncts = ['<', '>', '=', ',', '&', '\'', '#', '!', '-', ':', ';', '.', '|', '*'];
    let words =
        ["fn", "async", "Self", "self", "impl", "mut", "where", "crate", "for", "dyn", "const", "x", "arg", "llm"];
    match random.below(5) {
        0 => Ident::new(words[random.below(words.len())], Span::call_site()).into(),
        1 => {
            let spacing = if random.below(2) == 0 { Spacing::Alone } else { Spacing::Joint };
            Punct::new(puncts[random.below(puncts.len())], spacing).into()
        }
        2 => Literal::string(["", "a b", "ü\u{0}", "::", "[0]"][random.below(5)]).into(),
        3 => Literal::f64_unsuffixed(1e300).into(),
        _ => {
            let all = [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None];
            Group::new(all[random.below(4)], TokenStream::new()).into()
        }
    }
}

/// Changes one token, at any depth.
fn mutate(tokens: TokenStream, random: &mut Random) -> TokenStream {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    let place = random.below(trees.len() + 1);
    if let Some(TokenTree::Group(group)) = trees.get(place)
        && random.below(4) > 0
    {
        let inner = mutate(group.stream(), random);
        trees[place] = Group::new(group.delimiter(), inner).into();
        return trees.into_iter().collect();
    }
    match random.below(5) {
        0 if place < trees.len() => {
            trees.remove(place);
        }
        1 if place < trees.len() => {
            let again = trees[place].clone();
            trees.insert(place, again);
        }
        2 if place + 1 < trees.len() => trees.swap(place, place + 1),
        3 if place < trees.len() => trees.truncate(place),
        _ => trees.insert(place, odd(random)),
    }
    trees.into_iter().collect()
}

const ROUNDS: usize = 4_000;

/// For each part that somebody may type in.
const TYPED: usize = 3_400;

#[test]
fn prompts_do_not_panic_and_the_function_stays() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let originals = prompts();
    for round in 0..ROUNDS {
        let (mut attr, mut item) = originals[round % originals.len()].clone();
        for _ in 0..=random.below(3) {
            if random.below(3) == 0 {
                attr = mutate(attr, &mut random);
            } else {
                item = mutate(item, &mut random);
            }
        }
        let shown = format!("#[prompt({attr})] {item}");
        let output = crate::prompt::expand(attr, item.clone()).to_string();
        let kept = body(item);
        assert!(output.contains(&kept), "{kept}\nis not in\n{output}\nof\n{shown}");
    }
}

#[test]
fn blocks_do_not_panic_and_their_bodies_stay() {
    let mut random = Random(0xA076_1D64_78BD_642F);
    let originals = blocks();
    for round in 0..ROUNDS {
        let (mut attr, mut item) = originals[round % originals.len()].clone();
        for _ in 0..=random.below(3) {
            if random.below(4) == 0 {
                attr = mutate(attr, &mut random);
            } else {
                item = mutate(item, &mut random);
            }
        }
        let shown = format!("#[prompts({attr})] {item}");
        let output = crate::prompts::expand(attr, item.clone()).to_string();
        // All bodies of the block; what stands between them is cleaned of our attributes.
        for kept in bodies(item) {
            assert!(output.contains(&kept), "{kept}\nis not in\n{output}\nof\n{shown}");
        }
    }
}

/// What an editor sends while somebody types, in the part that they type in; the rest is whole.
#[derive(Clone, Copy, Debug)]
enum Typed {
    Body,
    Arguments,
    Attribute,
}

/// The function with its body or its arguments changed.
fn mutate_part(item: TokenStream, typed: Typed, random: &mut Random) -> TokenStream {
    let delimiter = if matches!(typed, Typed::Body) { Delimiter::Brace } else { Delimiter::Parenthesis };
    let mut done = false;
    let mut changed = |tree: TokenTree| match tree {
        TokenTree::Group(group) if group.delimiter() == delimiter && !done => {
            done = true;
            let mut inner = group.stream();
            for _ in 0..=random.below(3) {
                inner = mutate(inner, random);
            }
            Group::new(delimiter, inner).into()
        }
        tree => tree,
    };
    item.into_iter().map(&mut changed).collect()
}

#[test]
fn a_half_typed_prompt_keeps_its_function_and_its_name() {
    for typed in [Typed::Body, Typed::Arguments, Typed::Attribute] {
        let mut random = Random(0x2545_F491_4F6C_DD1D);
        let originals = &prompts()[..2];
        for round in 0..TYPED {
            let (mut attr, mut item) = originals[round % originals.len()].clone();
            match typed {
                Typed::Attribute => attr = (0..=random.below(3)).fold(attr, |attr, _| mutate(attr, &mut random)),
                _ => item = mutate_part(item, typed, &mut random),
            }
            let shown = format!("#[prompt({attr})] {item}");
            let output = crate::prompt::expand(attr, item.clone()).to_string();
            let kept = body(item);
            assert!(output.contains(&kept), "{typed:?}: {kept}\nis not in\n{output}\nof\n{shown}");
            let name = if round % originals.len() == 0 { "async fn sum_up" } else { "async fn f" };
            assert!(output.contains(name), "{typed:?}: {name}\nis not in\n{output}\nof\n{shown}");
            // Callers elsewhere need not fail too.
            let marked = !matches!(typed, Typed::Attribute) || output.contains("PromptDef for");
            assert!(marked, "no marker in\n{output}\nof\n{shown}");
            // What the body says is rustc's business.
            let ours = output.contains("compile_error");
            assert!(!matches!(typed, Typed::Body) || !ours || kept.contains("Self"), "{output}\nof\n{shown}");
        }
    }
}

/// The braces within the last braces.
fn bodies(item: TokenStream) -> Vec<String> {
    let braces = |tree: TokenTree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    };
    let block = item.into_iter().filter_map(braces).last();
    block
        .map(|block| block.stream().into_iter().filter_map(braces).map(|body| body.to_string()).collect())
        .unwrap_or_default()
}

/// The last braces: the function's body, unless the mutation cut it off.
fn body(item: TokenStream) -> String {
    let braces = item
        .into_iter()
        .filter(|tree| matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace));
    braces.last().map(|tree| tree.to_string()).unwrap_or_default()
}

#[test]
fn what_is_expanded_without_mistakes_parses() {
    for (attr, item) in prompts().into_iter().take(2) {
        let output = crate::prompt::expand(attr, item);
        assert!(!output.to_string().contains("compile_error"), "{output}");
        assert!(syn::parse2::<syn::File>(output.clone()).is_ok(), "{output}");
    }
    let (attr, item) = blocks().swap_remove(0);
    let output = crate::prompts::expand(attr, item);
    assert!(!output.to_string().contains("compile_error"), "{output}");
    assert!(syn::parse2::<syn::File>(output.clone()).is_ok(), "{output}");
    for ty in types().into_iter().take(3) {
        let output = crate::schema::expand(ty);
        assert!(syn::parse2::<syn::File>(output.clone()).is_ok(), "{output}");
    }
}

#[test]
fn types_do_not_panic() {
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let originals = types();
    for round in 0..ROUNDS {
        let mut item = originals[round % originals.len()].clone();
        for _ in 0..=random.below(3) {
            item = mutate(item, &mut random);
        }
        let parses = syn::parse2::<syn::DeriveInput>(item.clone()).is_ok();
        let output = crate::schema::expand(item.clone()).to_string();
        assert!(parses || output.contains("compile_error"), "{item}");
    }
}

#[test]
fn a_panic_becomes_an_error_and_the_item_stays() {
    std::panic::set_hook(Box::new(|_| {}));
    let output = crate::diag::guard(
        quote!(
            fn f() {}
        ),
        |_| panic!("odd {}", 1),
    )
    .to_string();
    let derived = crate::diag::guard_derive(
        quote!(
            struct S;
        ),
        |_| panic!("even"),
    )
    .to_string();
    let _ = std::panic::take_hook();
    assert!(output.contains("a macro of `codex-ai` panicked: odd 1") && output.contains("please report"), "{output}");
    assert!(
        output.ends_with(
            &quote!(
                fn f() {}
            )
            .to_string()
        ),
        "{output}"
    );
    assert!(derived.contains("panicked: even") && !derived.contains("struct"), "{derived}");
}
