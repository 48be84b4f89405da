use codex_ai::{BoxFuture, Dispatcher, LlmSchema, Prompt, Provider, Reply, Request, Result, prompt};

#[derive(serde::Deserialize, LlmSchema)]
struct Place {
    city: String,
}

#[prompt(requires(strict_schema))]
async fn locate(text: &str) -> Prompt<Place> {
    Prompt::new().user(text)
}

struct Echo;

impl Provider for Echo {
    fn name(&self) -> &str {
        "echo"
    }

    fn generate<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async { Ok(Reply::from_text("echo-1", "Oslo")) })
    }
}

async fn run(dispatcher: Dispatcher<Echo>) -> Result<()> {
    dispatcher.stream::<Locate>(LocateArgs { text: "Oslo" }).await?;
    Ok(())
}

fn main() {}
