use codex_ai::prompt;

#[prompt(requires(image, images, images, gold))]
async fn describe(address: &str) -> String {
    address.to_owned()
}

#[prompt(requires = "images")]
async fn draw(address: &str) -> String {
    address.to_owned()
}

#[prompt(requires())]
async fn paint(address: &str) -> String {
    address.to_owned()
}

#[prompt(requires("tools"))]
async fn search(address: &str) -> String {
    address.to_owned()
}

fn main() {}
