use codex_ai::prompt;

struct Conn;

#[prompt]
async fn explain(query: &str, conn: Conn) -> String {
    let _ = conn;
    query.to_owned()
}

fn main() {}
