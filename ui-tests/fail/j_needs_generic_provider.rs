use codex_ai::{Dispatcher, Prompt, Provider, prompt};

#[prompt(requires(images))]
async fn describe(address: &str) -> Prompt {
    Prompt::new().user("What is this?").image(codex_ai::Image::url(address))
}

async fn run<P: Provider>(dispatcher: &Dispatcher<P>) -> codex_ai::Result<String> {
    dispatcher.call::<Describe>(DescribeArgs { address: "fox.png" }).await
}

fn main() {}
