use codex_ai::provider::Local;
use codex_ai::{Dispatcher, Image, Prompt, prompt};

#[prompt(json = false)]
async fn describe(picture: Image) -> Prompt {
    Prompt::new().user("What is this?").image(picture)
}

async fn run(dispatcher: Dispatcher<Local>, picture: Image) -> codex_ai::Result<()> {
    dispatcher.call::<Describe>(DescribeArgs { picture }).await?;
    Ok(())
}

fn main() {}
