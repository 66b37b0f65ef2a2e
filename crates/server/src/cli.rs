//! The command line (spec: decisions#3).

use crate::telemetry::DefaultLog;
use clap::{Args, Parser, Subcommand};
use domain::user::Role;
use serde_json::{Value, json};
use std::{net::SocketAddr, path::PathBuf};

/// An agent-interaction server for contact centres.
#[derive(Debug, Parser)]
#[command(name = "jackfield", version, about, long_about = None)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the demo centre, with simulated customers and agents
    Demo(Demo),
    /// Run the server
    Serve(Serve),
    /// Check the settings, or apply the objects in them
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Bring the journal to the schema of this version; with --finish also to its format
    Migrate(Migrate),
    /// Fold the journal's events again and compare them with its snapshots
    Rebuild(Rebuild),
    /// Copy the journal, also while a server runs
    Backup(Copy),
    /// Make a data directory from a copy; it must be empty or not there yet
    Restore(Copy),
    /// Look after users
    #[command(subcommand)]
    User(UserCommand),
    /// Take the words and personal values of a person out of the journal, for good; also while a server runs
    Erase(Erase),
    /// Print the journal's events as JSON, one a line
    Events(Events),
    /// Say for each waiting conversation why each agent is not offered it
    Why(Why),
    /// Print the course of one conversation or call
    Trace(Trace),
    /// Look at SIP as a running server speaks it
    #[command(subcommand)]
    Sip(SipCommand),
}

impl Command {
    /// How much the command logs if nobody says otherwise.
    pub const fn tells(&self) -> DefaultLog {
        match self {
            Self::Demo(_) => DefaultLog::DoingsUnlessWatched,
            Self::Serve(_) => DefaultLog::Doings,
            _ => DefaultLog::Troubles,
        }
    }
}

/// Where the settings and the data are.
#[derive(Clone, Debug, Default, Args)]
pub struct PathArgs {
    /// The settings, a TOML file
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data directory [default: ./jackfield-data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl PathArgs {
    /// The flags in the shape of the settings.
    pub fn flags(&self) -> Value {
        let mut flags = json!({});
        if let Some(data) = &self.data {
            flags["data"] = json!(data);
        }
        flags
    }
}

/// `jackfield demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Where to listen, with or without a port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub host: Option<String>,
    /// The port to listen on, if --host does not tell it [default: 8080]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Where to speak SIP, over UDP and TCP [default: port 5060 where the demo listens]
    #[arg(long, value_name = "ADDR")]
    pub sip: Option<SocketAddr>,
    /// Keep the data in this directory; without it they are gone afterwards
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Begin again in that directory: what an earlier demo with this flag left there is deleted
    #[arg(long, requires = "data")]
    pub fresh: bool,
}

/// `jackfield serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub http: Option<SocketAddr>,
    /// Where to speak SIP, over UDP and TCP [default: 127.0.0.1:5060]
    #[arg(long, value_name = "ADDR")]
    pub sip: Option<SocketAddr>,
    /// How clients reach the server [default: http://localhost:PORT]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Provision the demo centre, without simulated customers and agents
    #[arg(long)]
    pub demo: bool,
}

impl Serve {
    /// The flags in the shape of the settings.
    pub fn flags(&self) -> Value {
        let mut flags = self.place.flags();
        if let Some(addr) = self.http {
            flags["http"]["addr"] = json!(addr);
        }
        if let Some(addr) = self.sip {
            flags["sip"]["addr"] = json!(addr);
        }
        if let Some(url) = &self.public_url {
            flags["http"]["public_url"] = json!(url);
        }
        flags
    }
}

/// `jackfield config …`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Say everything that a server would refuse, without touching anything; the exit code is 1 when there is something
    Check(PathArgs),
    /// Show what differs between the objects of the settings and those of the journal, and settle it; also while a
    /// server runs
    Apply(Apply),
}

/// `jackfield config apply`
#[derive(Debug, Args)]
pub struct Apply {
    /// Only show it; nothing is written
    #[arg(long)]
    pub dry_run: bool,
    /// Take away also what the settings do not name and did not make, of the kinds of objects they name
    #[arg(long)]
    pub delete: bool,
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
}

/// `jackfield backup` and `jackfield restore`
#[derive(Debug, Args)]
pub struct Copy {
    /// The directory of the copy
    pub copy: PathBuf,
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
}

/// `jackfield migrate`
#[derive(Debug, Args)]
pub struct Migrate {
    /// From now on write this version's format; earlier releases refuse the journal then
    #[arg(long)]
    pub finish: bool,
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
}

/// `jackfield rebuild`
#[derive(Debug, Args)]
pub struct Rebuild {
    /// Write snapshots again where they disagree; not while a server runs
    #[arg(long)]
    pub fix: bool,
    /// Take the journal as it is, when a server refuses to start because acknowledged changes are missing
    #[arg(long)]
    pub accept_loss: bool,
    /// Count the rows of reporting anew from what the journal still has; older rows stay. Not while a server runs
    #[arg(long, conflicts_with_all = ["fix", "accept_loss"])]
    pub reports: bool,
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
}

/// `jackfield user …`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user, also while a server runs; the password is read from the terminal, or a line of standard input
    Add(UserAdd),
    /// Give a user another password, which ends their logins; it is read likewise
    Passwd(UserPasswd),
}

/// `jackfield user passwd`
#[derive(Debug, Args)]
pub struct UserPasswd {
    /// The login name
    pub user_name: String,
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
}

/// `jackfield user add`
#[derive(Debug, Args)]
pub struct UserAdd {
    /// The login name
    pub user_name: String,
    /// What the user may do; can be given more than once
    #[arg(long = "role", value_name = "ROLE", default_value = "agent", value_parser = role)]
    pub roles: Vec<Role>,
    /// First name
    #[arg(long, default_value = "")]
    pub first_name: String,
    /// Last name
    #[arg(long, default_value = "")]
    pub last_name: String,
    /// A skill and its level; can be given more than once
    #[arg(long = "skill", value_name = "NAME=LEVEL", value_parser = skill)]
    pub skills: Vec<(String, u8)>,
    /// The DN of the user's phone
    #[arg(long, value_name = "DN")]
    pub phone_number: Option<String>,
    /// The place the user sits at
    #[arg(long)]
    pub place_name: Option<String>,
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
}

fn role(text: &str) -> Result<Role, String> {
    serde_json::from_value(json!(text)).map_err(|_| "one of agent, supervisor, admin, apiuser".to_owned())
}

fn skill(text: &str) -> Result<(String, u8), String> {
    let (name, level) = text.split_once('=').ok_or("not of the form NAME=LEVEL")?;
    Ok((name.to_owned(), level.parse().map_err(|_| "the level is a number from 0 to 255")?))
}

/// `jackfield erase`
#[derive(Debug, Args)]
pub struct Erase {
    /// A value that stands for the person: the name, the number or address, or any value attached to a conversation or
    /// call, exactly
    #[arg(long, value_name = "VALUE")]
    pub person: String,
    /// Only show what would be erased
    #[arg(long)]
    pub dry_run: bool,
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
}

/// `jackfield events`
#[derive(Debug, Args)]
pub struct Events {
    /// Only events behind this sequence number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    pub after: u64,
    /// Go on with what happens from now on
    #[arg(long)]
    pub follow: bool,
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
}

/// `jackfield why`
#[derive(Debug, Args)]
pub struct Why {
    /// One conversation; all that wait when not given
    pub session: Option<String>,
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
}

/// `jackfield trace`
#[derive(Debug, Args)]
pub struct Trace {
    /// The id of the conversation or call, as the log and the reporting feed have it
    #[arg(value_name = "ID")]
    pub interaction: String,
    /// Show what was said, names, addresses and values, too
    #[arg(long)]
    pub texts: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
}

/// `jackfield sip …`
#[derive(Debug, Subcommand)]
pub enum SipCommand {
    /// Print the last ten minutes of SIP of a phone, a call or a caller, as a ladder, and the sound of its legs
    Trace(SipTrace),
}

/// `jackfield sip trace`
#[derive(Debug, Args)]
pub struct SipTrace {
    /// Whose messages.
    #[command(flatten)]
    pub of: SipTraceOf,
    /// Write the messages to this file, too, for Wireshark or tcpdump
    #[arg(long, value_name = "FILE")]
    pub pcap: Option<PathBuf>,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Settings and data.
    #[command(flatten)]
    pub place: PathArgs,
}

/// Whose messages are looked for.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct SipTraceOf {
    /// The phones of this number: their registrations and calls
    #[arg(long, value_name = "NUMBER")]
    pub dn: Option<String>,
    /// One call, with all its legs: its UUID as the API, the log and the reporting feed have it
    #[arg(long, value_name = "UUID")]
    pub call: Option<String>,
    /// The calls from this number, with all their legs
    #[arg(long, value_name = "NUMBER")]
    pub from: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_trace_of_sip_is_of_one_thing() {
        let read = |line: &str| Cli::try_parse_from(line.split(' '));
        assert!(read("jackfield sip trace --dn 5001").is_ok());
        for wrong in ["jackfield sip trace", "jackfield sip trace --dn 5001 --from 1"] {
            assert_eq!(read(wrong).expect_err(wrong).exit_code(), 2);
        }
    }

    #[test]
    fn flags_have_the_shape_of_the_settings() {
        let cli = Cli::parse_from(["jackfield", "serve", "--http", "127.0.0.1:9", "--data", "d"]);
        let Command::Serve(serve) = cli.command else { panic!("serve") };
        assert_eq!(serve.flags(), json!({"data": "d", "http": {"addr": "127.0.0.1:9"}}));
    }
}
