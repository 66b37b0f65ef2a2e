//! The real binary, command by command, each in a directory of its own.

mod house;

mod commands;
mod demo;
mod provisioning;
mod settings;
