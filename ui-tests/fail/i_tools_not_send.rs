use std::rc::Rc;

use codex_ai::tool;

async fn pause() {}

#[tool]
async fn look_up() -> String {
    let count = Rc::new(1);
    pause().await;
    count.to_string()
}

fn main() {}
