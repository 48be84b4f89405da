use codex_ai::{Function, Prompt, ToolCall};

struct Place {
    city: String,
}

fn run(call: ToolCall) -> codex_ai::Result<()> {
    let weather = Function::new("weather").with_arguments::<Place>();
    let _: Prompt = Prompt::new().user("How warm is it?").tool(weather).tool("weather");
    let Place { city } = call.read()?;
    drop(city);
    Ok(())
}

fn main() {}
