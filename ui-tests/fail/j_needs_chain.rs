use codex_ai::layer::{Failover, Retry};
use codex_ai::provider::{Local, openai::OpenAi};
use codex_ai::{Dispatcher, Prompt, prompt};

#[prompt(requires(images))]
async fn describe(address: &str) -> Prompt {
    Prompt::new().user("What is this?").image(codex_ai::Image::url(address))
}

async fn run() -> codex_ai::Result<()> {
    let chain = Failover::builder().route(Retry::new(OpenAi::from_env()?)).route(Retry::new(Local::quiet())).build()?;
    let dispatcher = Dispatcher::new(chain)?;
    Describe::builder().address("fox.png").call(&dispatcher).await?;
    Ok(())
}

fn main() {}
