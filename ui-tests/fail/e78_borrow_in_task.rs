use codex_ai::{Dispatcher, prompt};

#[prompt]
async fn summarize(text: &str, #[arg(default = 80)] max_words: u32) -> String {
    format!("In {max_words} words: {text}")
}

fn spawn<F: Future + Send + 'static>(_: F) {}

fn run(dispatcher: Dispatcher) {
    let text = String::from("x");
    spawn(async move { dispatcher.call::<Summarize>(SummarizeArgs { text: &text, max_words: 3 }).await });
    spawn(Summarize::builder().text(&text).call(&dispatcher));
}

fn main() {}
