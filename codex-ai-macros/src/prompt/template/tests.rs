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

fn expand(template: &str) -> TokenStream {
    let template = Literal::string(template);
    let item = quote!(
        async fn f(tone: &str, list: &[X], note: Option<i8>, x: u8) -> Prompt<T>;
    );
    crate::prompt::expand(quote!(template = #template), item)
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
    for round in 0..5_000 {
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
        let output = expand(&text);
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
    for template in &TEMPLATES[..1] {
        assert!(expand(&format!("{template}{{{{ note|default(1) }}}}{{{{ x }}}}")).to_string().contains("writer"));
    }
}

#[test]
fn a_place_in_a_file_is_told() {
    let item = quote!(
        async fn f(text: &str) -> Prompt;
    );
    let shown = crate::prompt::expand(quote!(template_file = "src/prompt/template/wrong.md"), item).to_string();
    for wanted in [
        "unknown variable `txt`, at src/prompt/template/wrong.md:5:9",
        "unknown filter `uper`, at src/prompt/template/wrong.md:7:4",
    ] {
        assert!(shown.contains(wanted), "{wanted}\n{shown}");
    }
}
