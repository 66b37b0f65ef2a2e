//! The account at the provider.

/// The service, and the last part of its webhook's address.
pub const SERVICE: &str = "bench-sms";

/// Our number.
pub const NUMBER: &str = "+15550100";

/// What webhooks are signed with.
pub const TOKEN: &str = "bench-token";

/// The account at the provider.
pub const ACCOUNT: &str = "ACbench";
