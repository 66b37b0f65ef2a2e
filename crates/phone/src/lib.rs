//! A small SIP phone without a person.
