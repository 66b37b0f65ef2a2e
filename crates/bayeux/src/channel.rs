//! Channel names: what is legal in a subscription, and which events a pattern matches.

/// Longest channel name taken in a subscription, in bytes; sessions keep their names in memory.
const MAX_NAME: usize = 512;

/// What a name in a subscribe message stands for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ChannelKind<'a> {
    /// A broadcast channel or pattern, without its trailing slash (spec: bayeux-conformance#47).
    Broadcast(&'a str),
    /// `/meta` or below: never subscribed to (spec: bayeux-conformance#42).
    Meta,
    /// `/service` or below: subscribing succeeds without effect (spec: bayeux-conformance#48).
    Service,
    /// No channel name: no leading slash, nothing after it, or a wildcard before the end
    /// (spec: bayeux-conformance#41, #46).
    Invalid,
}

pub(crate) fn classify(name: &str) -> ChannelKind<'_> {
    let trimmed = name.strip_suffix('/').unwrap_or(name);
    if trimmed.len() < 2 || trimmed.len() > MAX_NAME || !trimmed.starts_with('/') {
        return ChannelKind::Invalid;
    }
    let (before, _) = trimmed.rsplit_once('/').unwrap_or_default();
    if before.split('/').any(|segment| segment == "*" || segment == "**") {
        return ChannelKind::Invalid;
    }
    match trimmed.split('/').nth(1) {
        Some("meta") => ChannelKind::Meta,
        Some("service") => ChannelKind::Service,
        _ => ChannelKind::Broadcast(trimmed),
    }
}

/// Whether a name is a pattern.
pub(crate) fn is_wild(name: &str) -> bool {
    name.ends_with("/*") || name.ends_with("/**")
}

/// Whether `pattern`, ending in `/*` or `/**`, covers `channel` (spec: bayeux-conformance#44: one level, or every depth
/// below; never the parent itself).
pub(crate) fn covers(pattern: &str, channel: &str) -> bool {
    let (prefix, deep) = match pattern.strip_suffix("**") {
        Some(prefix) => (prefix, true),
        None => (pattern.strip_suffix('*').unwrap_or(pattern), false),
    };
    channel.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && (deep || !rest.contains('/')))
}

/// Whether events may travel on the channel at all: `/**` reaches neither meta nor service channels
/// (spec: bayeux-conformance#43).
pub(crate) fn is_broadcast(channel: &str) -> bool {
    !(channel.starts_with("/meta/") || channel.starts_with("/service/"))
}
