//! All objects that are wanted.

use crate::objects::unlisted_objects::UnlistedObjects;
use domain::{centre::Centre, disposition_tree::DispositionTree, queue::Queue, user::User};

/// The objects as they should be. `None` means that the settings do not speak of this kind.
#[derive(Clone, Debug, Default)]
pub struct WantedObjects {
    /// The centre.
    pub centre: Option<Centre>,
    /// Users.
    pub users: Option<Vec<User>>,
    /// Queues.
    pub queues: Option<Vec<Queue>>,
    /// The disposition book.
    pub book: Option<DispositionTree>,
    /// What becomes of objects that the file does not name.
    pub besides: UnlistedObjects,
    /// Parts of the centre that the file neither names nor made, and that stay.
    pub kept: Vec<String>,
}
