//! Words that usually go with the labels that people classify by.

use super::words;

/// Words that go with a label of this stem; none for labels nobody thought of.
pub(super) fn beside(stem: &str) -> &'static [&'static str] {
    LABELS
        .iter()
        .find(|(labels, _)| labels.iter().any(|label| words::stem(label) == stem))
        .map_or(&[], |(_, words)| words)
}

/// Words that go with a label of this stem where they are denied: those of its opposite.
pub(super) fn against(stem: &str) -> &'static [&'static str] {
    let is = |label: &str| words::stem(label) == stem;
    match () {
        () if is("negative") => beside(&words::stem("positive")),
        () if is("positive") => beside(&words::stem("negative")),
        () => &[],
    }
}

/// Labels that mean the same, and the words that go with them.
const LABELS: &[(&[&str], &[&str])] = &[
    (
        &["positive", "satisfied", "praise", "happy", "compliment", "positiv"],
        &[
            "good",
            "great",
            "excellent",
            "love",
            "happy",
            "pleased",
            "perfect",
            "wonderful",
            "amazing",
            "best",
            "fantastic",
            "enjoy",
            "recommend",
            "brilliant",
            "nice",
            "delighted",
            "gut",
            "toll",
        ],
    ),
    (
        &["negative", "dissatisfied", "complaint", "angry", "negativ", "unhappy"],
        &[
            "bad",
            "terrible",
            "awful",
            "hate",
            "poor",
            "worst",
            "disappointed",
            "disappointing",
            "broken",
            "angry",
            "unacceptable",
            "useless",
            "horrible",
            "slow",
            "annoying",
            "frustrated",
            "broke",
            "complain",
            "waste",
            "rude",
            "schlecht",
        ],
    ),
    (
        &["billing", "payment", "invoice", "finance", "refund"],
        &[
            "charge",
            "invoice",
            "refund",
            "payment",
            "pay",
            "card",
            "price",
            "subscription",
            "bill",
            "money",
            "debit",
            "credit",
            "rechnung",
        ],
    ),
    (
        &["bug", "technical", "error", "incident", "defect", "outage", "crash"],
        &[
            "crash",
            "error",
            "broken",
            "fail",
            "bug",
            "freeze",
            "exception",
            "timeout",
            "glitch",
            "stops",
            "loading",
            "blank",
            "500",
            "fehler",
            "stack",
        ],
    ),
    (
        &["account", "login", "access", "authentication"],
        &["login", "password", "username", "locked", "sign", "log", "email", "reset", "profile", "passwort"],
    ),
    (
        &["feature", "suggestion", "enhancement", "idea", "wish"],
        &["wish", "add", "support", "feature", "suggest", "idea", "nice", "improve", "option", "request"],
    ),
    (
        &["shipping", "delivery", "logistics", "order"],
        &["package", "parcel", "arrive", "delivery", "deliver", "tracking", "courier", "ship", "address", "paket"],
    ),
    (&["question", "inquiry", "enquiry", "how"], &["question", "wonder", "know", "anyone", "possible", "frage"]),
    (
        &["urgent", "critical", "high", "severe", "emergency", "blocker"],
        &[
            "urgent",
            "asap",
            "immediately",
            "emergency",
            "down",
            "critical",
            "blocked",
            "outage",
            "today",
            "deadline",
            "production",
            "severe",
            "dringend",
            "sofort",
        ],
    ),
    (&["low", "minor", "trivial"], &["minor", "small", "typo", "cosmetic", "whenever", "eventually", "slightly"]),
    (
        &["spam", "scam", "phishing", "junk"],
        &["winner", "prize", "free", "click", "offer", "lottery", "urgent", "claim", "bonus", "crypto"],
    ),
    (
        &["sport", "sports"],
        &[
            "match",
            "team",
            "goal",
            "season",
            "coach",
            "league",
            "player",
            "championship",
            "win",
            "score",
            "cup",
            "final",
        ],
    ),
    (
        &["politics", "political", "government"],
        &[
            "election",
            "minister",
            "parliament",
            "government",
            "vote",
            "president",
            "senate",
            "law",
            "party",
            "policy",
            "council",
        ],
    ),
    (
        &["business", "economy", "economics", "market"],
        &[
            "market",
            "company",
            "profit",
            "shares",
            "stock",
            "revenue",
            "bank",
            "inflation",
            "investor",
            "trade",
            "price",
            "quarter",
            "growth",
        ],
    ),
    (
        &["technology", "tech", "software", "computing"],
        &["software", "computer", "app", "chip", "data", "internet", "phone", "device", "digital", "code", "server"],
    ),
    (
        &["science", "research"],
        &["study", "research", "scientist", "experiment", "university", "discover", "laboratory", "species", "physics"],
    ),
    (
        &["health", "medicine", "medical"],
        &["patient", "doctor", "hospital", "disease", "vaccine", "treatment", "virus", "medicine", "health", "clinic"],
    ),
    (
        &["culture", "entertainment", "arts"],
        &["film", "music", "album", "actor", "festival", "theatre", "concert", "museum", "artist", "novel", "movie"],
    ),
    (
        &["weather", "climate", "environment"],
        &["rain", "storm", "temperature", "flood", "snow", "wind", "heat", "emission", "forest", "carbon", "river"],
    ),
    (
        &["transport", "traffic", "mobility"],
        &[
            "road", "traffic", "train", "tunnel", "vehicle", "bus", "bridge", "rail", "car", "commute", "motorway",
            "cyclist",
        ],
    ),
    (&["travel", "tourism"], &["hotel", "flight", "airport", "tourist", "trip", "train", "journey", "travel"]),
];
