use codex_ai::tool;

struct Place;

#[tool]
async fn weather(place: Place, (a, b): (u8, u8), city: &mut str) -> String {
    String::new()
}

#[tool]
async fn wind(place: Place) -> String {
    String::new()
}

fn main() {}
