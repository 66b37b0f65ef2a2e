//! Where phones are: bindings of numbers to contacts and flows (spec: voice-sip#3). The table does no I/O; messages
//! are handled in `register` and `alive`, stored rows in `rows`.

mod alive;
mod binding;
mod binding_table;
mod keep;
mod life;
mod path;
mod register;
mod register_request;
mod rows;
mod table;

pub(super) use alive::watch;
pub(super) use binding::Binding;
pub(super) use keep::keep;
pub(super) use register::register;
pub(super) use rows::BindingWriter;
pub(super) use table::{Registrar, closed};
