//! What the API answers and tells, rule by rule, as people at a small centre meet it.
//! And what is written about it: the API document, the walk list, the citations of sources. One program, so that it is
//! linked once.

mod absence;
mod calls;
mod carried;
mod chat;
mod citations;
mod contacts;
mod control;
mod devices;
mod diagnostics;
mod documented;
mod documents;
mod envelope;
mod features;
mod groups;
mod internal;
mod links;
mod logins;
mod me;
mod messages;
mod openapi;
mod operations;
mod origins;
mod pages;
mod repeated;
mod report_rows;
mod reporting;
mod requests;
mod required;
mod seed;
mod services;
mod settings;
mod statistics;
mod tour;
mod unserved;
mod users;
mod waiting;
mod walk_list;
mod write_a_client;
