use codex_ai::prompt;

macro_rules! prompts {
    ($($name:ident: $ty:ty),*) => {
        $(
            #[prompt(temperature = "hot")]
            async fn $name(text: $ty) -> String {
                text.to_string()
            }
        )*
    };
}

prompts!(shorten: &str, extend: &mut String);

fn main() {}
