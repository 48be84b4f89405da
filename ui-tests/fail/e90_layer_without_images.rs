use codex_ai::layer::{Retry, Timeout};
use codex_ai::provider::anthropic::Anthropic;
use codex_ai::{Dispatcher, ImageRequest, blocking};

async fn run(anthropic: Anthropic) -> codex_ai::Result<()> {
    let dispatcher = Dispatcher::new(Retry::new(Timeout::new(anthropic)))?;
    dispatcher.generate_image(ImageRequest::new("a red fox")).await?;
    blocking::Dispatcher::wrap(dispatcher)?.generate_imagen(ImageRequest::new("a red fox"))?;
    Ok(())
}

fn main() {}
