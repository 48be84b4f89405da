//! Forms with files (`multipart/form-data`, RFC 7578), written and read.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bytes::Bytes;
use memchr::memmem;

/// How the boundary begins; a number follows.
const BOUNDARY: &str = "codex-ai-form-";

/// One field of a form.
#[derive(Debug, Clone)]
pub(super) struct Field<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) content: Content<'a>,
}

#[derive(Debug, Clone)]
pub(super) enum Content<'a> {
    Text(Cow<'a, str>),
    File { file_name: String, mime_type: Cow<'a, str>, data: Bytes },
}

impl<'a> Field<'a> {
    pub(super) fn text(name: &'a str, text: &'a str) -> Self {
        Self { name: name.into(), content: Content::Text(text.into()) }
    }
}

/// Writes a form: its content type, and its body.
pub(super) fn write_form(fields: &[Field<'_>]) -> (String, Bytes) {
    let boundary = boundary(fields);
    let size: usize = fields.iter().map(|field| bytes_of(field).len() + 256).sum();
    let mut out = Vec::with_capacity(size + 64);
    for field in fields {
        let name = quoted(&field.name);
        out.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"").as_bytes());
        if let Content::File { file_name, mime_type, .. } = &field.content {
            let file_name = quoted(file_name);
            let header = format!("; filename=\"{file_name}\"\r\nContent-Type: {mime_type}");
            out.extend_from_slice(header.as_bytes());
        }
        out.extend_from_slice(b"\r\n\r\n");
        out.extend_from_slice(bytes_of(field));
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), out.into())
}

/// A boundary that is nowhere in the fields. They are looked through once, whatever is in them.
fn boundary(fields: &[Field<'_>]) -> String {
    let finder = memmem::Finder::new(BOUNDARY);
    let mut taken = BTreeSet::new();
    for field in fields {
        let bytes = bytes_of(field);
        for at in finder.find_iter(bytes) {
            let digits = bytes.get(at + BOUNDARY.len()..).unwrap_or_default();
            let digits: String =
                digits.iter().take(10).take_while(|b| b.is_ascii_digit()).map(|b| *b as char).collect();
            // The boundary must not be the beginning of what stands there either.
            taken.extend((1..=digits.len()).filter_map(|end| digits.get(..end)?.parse::<u64>().ok()));
        }
    }
    let free = taken.iter().zip(0_u64..).take_while(|(taken, number)| **taken == *number).count();
    format!("{BOUNDARY}{free}")
}

fn bytes_of<'a>(field: &'a Field<'_>) -> &'a [u8] {
    match &field.content {
        Content::Text(text) => text.as_bytes(),
        Content::File { data, .. } => data,
    }
}

/// A text inside quotes, as browsers write it.
fn quoted(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Reads a form. `Err` says what is wrong with it.
pub(super) fn read_form(content_type: &str, body: &[u8]) -> Result<Vec<Field<'static>>, &'static str> {
    let boundary = parameter(content_type, "boundary").ok_or("the content type has no boundary")?;
    if boundary.is_empty() {
        return Err("the boundary is empty");
    }
    let delimiter = format!("\r\n--{boundary}");
    let finder = memmem::Finder::new(&delimiter);
    let first = delimiter.as_bytes().get(2..).unwrap_or_default();
    let mut rest = if body.starts_with(first) {
        body.get(first.len()..)
    } else {
        // What stands before the first boundary is for people.
        finder.find(body).and_then(|at| body.get(at + delimiter.len()..))
    }
    .ok_or("the form has no boundary")?;
    let mut fields = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(fields);
        }
        let line = memmem::find(rest, b"\r\n").ok_or("the form is cut off")?;
        let part = rest.get(line..).unwrap_or_default();
        let end = finder.find(part).ok_or("the form is cut off")?;
        let (part, after) = part.split_at(end);
        rest = after.get(delimiter.len()..).unwrap_or_default();
        let head = memmem::find(part, b"\r\n\r\n").ok_or("a field of the form has no headers")?;
        let (head, data) = (part.get(..head).unwrap_or_default(), part.get(head + 4..).unwrap_or_default());
        fields.push(field(head, data)?);
    }
}

fn field(head: &[u8], data: &[u8]) -> Result<Field<'static>, &'static str> {
    let head = std::str::from_utf8(head).map_err(|_| "the headers of a field are not UTF-8")?;
    let header = |wanted: &str| {
        head.split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .find_map(|(name, value)| name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim()))
    };
    let disposition = header("content-disposition").ok_or("a field of the form has no name")?;
    let name = parameter(disposition, "name").ok_or("a field of the form has no name")?;
    let mime_type = header("content-type");
    let content = match parameter(disposition, "filename") {
        Some(file_name) => Content::File {
            file_name,
            mime_type: mime_type.unwrap_or_default().to_owned().into(),
            data: Bytes::copy_from_slice(data),
        },
        None => {
            Content::Text(std::str::from_utf8(data).map_err(|_| "a text of the form is not UTF-8")?.to_owned().into())
        }
    };
    Ok(Field { name: name.into(), content })
}

/// A parameter of a header's value, with or without quotes.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(';').unwrap_or((after, "")),
        };
        let name = name.trim_matches(|c: char| c == ';' || c.is_whitespace());
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value.trim().replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"));
        }
        rest = next;
    }
}
