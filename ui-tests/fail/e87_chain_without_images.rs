use codex_ai::layer::Failover;
use codex_ai::provider::Local;
use codex_ai::{AnyProvider, Dispatcher, ImageRequest};

async fn draw(any: AnyProvider) -> codex_ai::Result<()> {
    let chain = Failover::builder().route(any).route(Local::quiet()).build()?;
    Dispatcher::new(chain)?.generate_image(ImageRequest::new("a red fox")).await?;
    Ok(())
}

fn main() {}
