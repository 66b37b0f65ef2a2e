use rsipstack::dialog::authenticate::Credential;

/// Who a phone is.
#[derive(Clone, Default)]
pub struct Account {
    /// User part of the address; also the name in the digest.
    pub user: String,
    /// Password of the digest (RFC 7616, MD5 and SHA-256); `None` answers no challenge.
    pub password: Option<String>,
    /// Name shown beside the address.
    pub display: Option<String>,
}

impl Account {
    /// An account without password and display name: a caller from outside.
    pub fn new(user: impl Into<String>) -> Self {
        Self { user: user.into(), password: None, display: None }
    }

    /// The same with a password.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// The same with a name.
    #[must_use]
    pub fn display(mut self, display: impl Into<String>) -> Self {
        self.display = Some(display.into());
        self
    }

    /// For calls: none without a password, so that a challenge is the end.
    pub(crate) fn credential(&self) -> Option<Credential> {
        self.password.as_ref().map(|_| self.name())
    }

    /// For registrations: the library takes the address of record from it.
    pub(crate) fn name(&self) -> Credential {
        Credential {
            username: self.user.clone(),
            password: self.password.clone().unwrap_or_default(),
            realm: None,
            auth_username: None,
        }
    }
}

impl std::fmt::Debug for Account {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("user", &self.user).finish_non_exhaustive()
    }
}
