use codex_ai::provider::Local;
use codex_ai::{Dispatcher, ImageRequest};

async fn run() -> codex_ai::Result<()> {
    let dispatcher = Dispatcher::new(Local::quiet())?;
    dispatcher.generate_image(ImageRequest::new("a red fox")).await?;
    dispatcher.generate_imagen(ImageRequest::new("a red fox")).await?;
    Ok(())
}

fn main() {}
