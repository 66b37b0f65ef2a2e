//! Signalling: transports, registrar, dialogs. No type of the SIP library leaves this module.
