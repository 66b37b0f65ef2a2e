//! Every rule of voice-sip §4 on descriptions.
