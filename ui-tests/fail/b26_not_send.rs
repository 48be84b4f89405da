use codex_ai::prompt;

use std::rc::Rc;

#[prompt(json = false)]
async fn explain(text: Rc<str>) -> String {
    text.to_string()
}

fn main() {}
