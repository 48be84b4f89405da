//! Prompts of a crate of edition 2021 that knows `codex_ai` only by other names: through a facade, and renamed in the
//! manifest.

/// Through a facade.
pub mod by_facade {
    use facade::codex_ai::{prompt, LlmSchema, Prompt};

    /// A recipe.
    #[derive(Debug, serde::Deserialize, LlmSchema)]
    #[llm(crate = ::facade::codex_ai)]
    pub struct Recipe<T> {
        /// What it is called.
        #[llm(min_length = 1, example = "Soup")]
        pub title: String,
        /// What goes in.
        #[serde(default)]
        pub ingredients: Vec<T>,
        /// For how many.
        pub servings: Option<u8>,
    }

    /// Writes a recipe.
    #[prompt(mode = "renamed.recipe", crate = ::facade::codex_ai)]
    pub async fn write_recipe(
        /// What there is.
        larder: &[String],
        #[arg(default = 2)] servings: u8,
        note: Option<&str>,
    ) -> Result<Prompt<Recipe<String>>, std::fmt::Error> {
        Ok(Prompt::new().user(format!("{} for {servings}{}", larder.join(", "), note.unwrap_or_default())))
    }
}

/// Renamed in the manifest.
pub mod by_manifest {
    use llm::{prompt, LlmSchema, Prompt};

    /// What somebody feels.
    #[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
    #[llm(crate = ::llm)]
    #[serde(rename_all = "lowercase")]
    pub enum Mood {
        /// All is well.
        Good,
        /// It is not.
        Bad,
    }

    /// Finds out what somebody feels.
    #[prompt(mode = "renamed.mood", crate = ::llm, temperature = 0.0)]
    pub async fn ask_mood(text: &str) -> Prompt<Mood> {
        Prompt::new().user(text)
    }
}

/// With a path inside the crate.
pub mod by_own_path {
    pub use llm as ai;

    /// Says hello.
    #[ai::prompt(mode = "renamed.hello", crate = crate::by_own_path::ai)]
    pub async fn hello(name: &str) -> String {
        format!("Say hello to {name}.")
    }
}

#[cfg(test)]
mod tests {
    use llm::testing::Scripted;
    use llm::{Dispatcher, Result, Schema};
    use serde_json::json;

    use super::by_facade::{Recipe, WriteRecipe, WriteRecipeArgs};
    use super::by_manifest::{AskMood, Mood};
    use super::by_own_path::Hello;

    #[tokio::test]
    async fn typed_and_by_name() -> Result<()> {
        let recipe = r#"{ "title": "Soup", "servings": 2 }"#;
        let provider = Scripted::texts([recipe, recipe, r#""good""#, r#""bad""#, "hello"]);
        let dispatcher = Dispatcher::new(provider.clone())?;
        let larder = ["leek".to_owned(), "salt".to_owned()];
        let answer =
            dispatcher.call::<WriteRecipe>(WriteRecipeArgs { larder: &larder, servings: 3, note: None }).await?;
        assert_eq!((answer.title.as_str(), answer.servings, answer.ingredients.len()), ("Soup", Some(2), 0));
        let answer = dispatcher.process("renamed.recipe", json!({ "larder": ["leek", "salt"], "servings": 3 })).await?;
        assert_eq!(answer["title"], "Soup");
        let requests = provider.requests();
        assert_eq!(requests[0].messages, requests[1].messages);

        assert_eq!(AskMood::builder().text("fine").call(&dispatcher).await?, Mood::Good);
        assert_eq!(dispatcher.process("renamed.mood", json!({ "text": "x" })).await?, "bad");
        assert_eq!(Hello::builder().name("Ada").call(&dispatcher).await?, "hello");
        Ok(())
    }

    #[test]
    fn schemas() {
        let schema = Schema::of::<Recipe<String>>().as_value();
        assert_eq!(schema["properties"]["title"]["minLength"], 1);
        assert_eq!(schema["properties"]["title"]["examples"], json!(["Soup"]));
        assert_eq!(schema["description"], "A recipe.");
    }
}
