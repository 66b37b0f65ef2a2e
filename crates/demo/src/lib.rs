//! The demo centre: its provisioned objects, and the people who bring it to life.
//!
//! Everything here goes through the desk's ports, as any other program's requests do: no rule is repeated and no
//! door is opened that others do not have.
//!
//! **Who gets the customers.** [`staff`] (agents 5 to 8) takes whatever it is offered at once. Of chats each of them
//! serves one at a time, and [`customers`] are one more than that, so that somebody waits for a person most of the
//! time. While a person is free on a channel, the staff leaves the next customer of that channel to them; so somebody
//! who logs in as `agent1@demo` and says *Ready* is offered a customer within seconds, and not several. [`lookout`]
//! tells on the terminal who waits, who is offered to people, and who helps whom.
//!
//! **Who helps.** Two more of the staff have no customers of their own: an expert whom agents 5 to 8 ask about some chats, and
//! who talks with the customer if need be, and a coach, who supervises chats of two of them. Both are there for people, too.
//!
//! **Telephone**: [`callers`] call the routing point over real SIP, as customers from outside do, and
//! [`staff_phones`] are the telephones of agents 5 to 8. Some callers ask for somebody else; the agent then asks a colleague
//! and hands the call over, or takes the colleague in.
//!
//! **SMS and Messenger** come from [`platforms`]: an SMS provider and a Messenger platform that are part of the demo,
//! and customers who write over them. They meet the server over HTTP only, as the real ones do.

mod callers;
pub mod centre;
mod chance;
mod customers;
mod dialogue;
mod lookout;
pub mod platforms;
mod staff;
mod staff_phones;

pub use callers::{ASKS_FOR_HEADER, Manners, ORDER_HEADER, callers};
pub use centre::centre;
pub use customers::customers;
pub use lookout::lookout;
pub use staff::{share_of_staff, staff};
pub use staff_phones::staff_phones;
