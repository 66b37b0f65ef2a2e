//! The connector that carries the messages of each service.

use crate::ports::Channel;
use domain::ServiceName;
use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

/// Connectors by the service each carries.
pub(crate) type Connected = RwLock<BTreeMap<ServiceName, Arc<dyn Channel>>>;
