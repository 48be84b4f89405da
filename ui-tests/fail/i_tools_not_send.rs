use std::rc::Rc;

use codex_ai::tool;

async fn wait(_: &Rc<u8>) {}

#[tool]
async fn look_up() -> String {
    let count = Rc::new(1);
    wait(&count).await;
    count.to_string()
}

fn main() {}
