use codex_ai::{Dispatcher, prompt};

/// Greets somebody.
#[prompt]
async fn greet(name: &str) -> String {
    format!("Greet {name}.")
}

async fn run(dispatcher: &Dispatcher) -> codex_ai::Result<()> {
    let _ = dispatcher.stream::<Greet>(GreetArgs { nmae: "Ada" }).await?;
    let _ = dispatcher.stream::<Greet>("Ada").await?;
    let _ = dispatcher.stream::<greet>(GreetArgs { name: "Ada" }).await?;
    let stream = dispatcher.stream::<Greet>(GreetArgs { name: "Ada" }).await?;
    for chunk in stream {
        let _ = chunk?;
    }
    Ok(())
}

fn main() {}
