//! Just enough of Rust's grammar to tell string literals of production code from everything else.

/// What a file says.
#[derive(Debug, Default)]
pub struct Source {
    /// String literals outside tests and comments, as written, each with its line.
    pub texts: Vec<(usize, String)>,
    /// Modules in files of their own that are compiled only for tests.
    pub tests: Vec<String>,
}

/// Reads a file.
pub fn scan(text: &str) -> Source {
    let tokens = tokens(text);
    let mut source = Source::default();
    let mut at = 0;
    while at < tokens.len() {
        let Some(end) = attribute(&tokens, at) else {
            if let (line, Token::Text(text)) = &tokens[at] {
                source.texts.push((*line, text.clone()));
            }
            at += 1;
            continue;
        };
        if is_test(&tokens[at..end]) {
            let (next, module) = item(&tokens, end);
            source.tests.extend(module);
            at = next;
        } else {
            // The attribute itself is looked at like any code.
            let texts = tokens[at..end].iter().filter_map(|(line, token)| match token {
                Token::Text(text) => Some((*line, text.clone())),
                _ => None,
            });
            source.texts.extend(texts);
            at = end;
        }
    }
    source
}

#[derive(Debug, PartialEq)]
enum Token {
    Text(String),
    Word(String),
    Sign(char),
}

/// The end of the attribute that begins here, if one does.
fn attribute(tokens: &[(usize, Token)], at: usize) -> Option<usize> {
    let sign = |at: usize, sign| tokens.get(at).is_some_and(|(_, token)| *token == Token::Sign(sign));
    (sign(at, '#') && sign(at + 1, '[')).then(|| closing(tokens, at + 1) + 1)
}

/// Whether an attribute is `cfg` with `test` in it, not negated.
fn is_test(attribute: &[(usize, Token)]) -> bool {
    let has = |wanted: &str| {
        attribute.iter().any(|(_, token)| matches!(token, Token::Word(word) if word == wanted))
    };
    has("cfg") && has("test") && !has("not")
}

/// Past the item that begins here, with its name if it is a module in a file of its own.
fn item(tokens: &[(usize, Token)], mut at: usize) -> (usize, Option<String>) {
    while let Some(end) = attribute(tokens, at) {
        at = end;
    }
    let begin = at;
    while let Some((_, token)) = tokens.get(at) {
        match token {
            Token::Sign('{') => return (closing(tokens, at) + 1, None),
            Token::Sign('(' | '[') => at = closing(tokens, at),
            Token::Sign(';') => return (at + 1, module(&tokens[begin..at])),
            _ => {}
        }
        at += 1;
    }
    (at, None)
}

fn module(item: &[(usize, Token)]) -> Option<String> {
    match item {
        [.., (_, Token::Word(word)), (_, Token::Word(name))] if word == "mod" => Some(name.clone()),
        _ => None,
    }
}

/// The place of the bracket that closes the one here.
fn closing(tokens: &[(usize, Token)], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, (_, token)) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len().saturating_sub(1)
}

fn tokens(text: &str) -> Vec<(usize, Token)> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let (length, token) = token(rest, first);
        found.extend(token.map(|token| (line, token)));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// The length of what stands here, and what it is if it matters.
fn token(rest: &str, first: char) -> (usize, Option<Token>) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), None);
    }
    if rest.starts_with("/*") {
        return (comment(rest), None);
    }
    if let Some((length, text)) = literal(rest) {
        return (length, Some(Token::Text(text.to_owned())));
    }
    if first == '\'' {
        return (character(rest), None);
    }
    if first.is_alphanumeric() || first == '_' {
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        return (length, Some(Token::Word(rest[..length].to_owned())));
    }
    (first.len_utf8(), (!first.is_whitespace()).then_some(Token::Sign(first)))
}

/// The length of a block comment; they nest.
fn comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest[at..].chars().next().map_or(0, char::len_utf8);
        }
        if depth == 0 || at >= rest.len() {
            return at;
        }
    }
}

/// A string literal of any kind: its length and what stands between its quotes.
fn literal(rest: &str) -> Option<(usize, &str)> {
    let bare = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
    let begin = rest.len() - bare.len();
    if let Some(raw) = bare.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inner = raw[hashes..].strip_prefix('"')?;
        let end = inner.find(&format!("\"{}", "#".repeat(hashes))).unwrap_or(inner.len());
        return Some(((begin + 1 + hashes + 1 + end + 1 + hashes).min(rest.len()), &inner[..end]));
    }
    let inner = bare.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            '"' if !escaped => return Some((begin + 1 + at + 1, &inner[..at])),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    Some((rest.len(), inner))
}

/// The length of a character literal, or of the tick of a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let after = at + escaped.len_utf8();
            rest[after..].find('\'').map_or(rest.len(), |end| after + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}
