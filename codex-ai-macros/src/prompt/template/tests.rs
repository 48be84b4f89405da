//! Wrong templates: whatever their text, the macro does not panic, and what it writes without an error is Rust.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

const TEMPLATES: [&str; 3] = [
    "--- system\nBe {{ tone|trim }}.\n--- user\n{% for x in list %}{{ loop.index }}{{ x.y[0].z(1) }}{% else %}-{% endfor %}",
    "{% if let Some(n) = note && tone == \"a\" %}{{ -n + 1.5 }}{% elif !(x > 3) %}{% let y = (1, 'c') %}{{ y.0 }}{% endif %}",
    "{% match x %}{% when A::B(c, ..) %}{{ c }}{% when 3 | _ %}{#- a -#}{% endmatch %}{% raw %}{{ b }}{% endraw %}{{- list|join(\", \") -}}",
];

/// What upsets parsers of templates.
const ODD: [&str; 24] = [
    "{{", "}}", "{%", "%}", "{#", "#}", "\"", "'", "|", "(", ")", "[", "..", "if ", "in ", "end", "--- ", "\n", "ü",
    "\u{0}", "{{ x", "r#", "::<", "\\",
];

/// Expands a text with the arguments of the template that it was made of.
fn expand(number: usize, text: &str) -> TokenStream {
    let arguments =
        [quote!(tone: &str, list: &[X]), quote!(tone: &str, note: Option<i8>, x: u8), quote!(list: &[X], x: A)];
    let (arguments, text) = (&arguments[number], Literal::string(text));
    let item = quote!(async fn f(#arguments) -> Prompt<T>;);
    crate::prompt::expand(quote!(template = #text), item)
}

#[test]
fn no_text_makes_it_panic() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or(0)
    };
    let mut good = 0;
    for round in 0..3_000 {
        let mut letters: Vec<char> = TEMPLATES[round % TEMPLATES.len()].chars().collect();
        for _ in 0..=below(3) {
            let at = below(letters.len());
            match below(4) {
                0 => drop(letters.remove(at.min(letters.len() - 1))),
                1 => letters.truncate(at.max(1)),
                2 => letters.swap(at, 0),
                _ => drop(letters.splice(at..at, ODD[below(ODD.len())].chars())),
            }
            if letters.is_empty() {
                letters.push('x');
            }
        }
        let text: String = letters.into_iter().collect();
        let output = expand(round % TEMPLATES.len(), &text);
        let shown = output.to_string();
        assert!(!shown.contains("panicked"), "{text}\n{shown}");
        assert!(shown.contains("async fn f"), "{text}\n{shown}");
        if !shown.contains("compile_error") {
            good += 1;
        }
        assert!(syn::parse2::<syn::File>(output).is_ok(), "{text}\n{shown}");
    }
    assert!(good > 200, "{good}");
}

#[test]
fn all_that_is_right_is_expanded() {
    for (number, template) in TEMPLATES.iter().enumerate() {
        let shown = expand(number, template).to_string();
        assert!(!shown.contains("compile_error") && shown.contains("from_template"), "{shown}");
    }
}

#[test]
fn a_place_in_a_file_is_told() {
    let item = quote!(
        async fn f(text: &str) -> Prompt;
    );
    let shown = crate::prompt::expand(quote!(template_file = "src/prompt/template/wrong.md"), item).to_string();
    for wanted in [
        "unknown variable `txt`, at src/prompt/template/wrong.md:5:10",
        "unknown filter `uper`, at src/prompt/template/wrong.md:7:8",
    ] {
        assert!(shown.contains(wanted), "{wanted}\n{shown}");
    }
}
