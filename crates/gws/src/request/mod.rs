//! What clients ask for.

mod begin;
mod book;
mod call;
mod call_in;
mod destination;
mod device;
mod dial;
mod login;
mod me;
mod monitoring;
mod operator;
mod session;
mod state;
mod supervision;
mod table;
mod value;
mod waiting;

pub use begin::{SessionMeasureRequest, SessionsCreateRequest, SessionsRequest};
pub use book::{
    DispositionCodeChangeRequest, DispositionCodeNameRequest, DispositionCodeRenameRequest,
    DispositionCodeRequest, DispositionGroupRequest, DispositionNameRequest,
};
pub use call::{CallRequest, CallSetCallDispositionRequest};
pub use device::{DeviceRequest, device_operations, is_monitoring, is_of_the_phone};
pub use dial::CallsRequest;
pub use login::LoginRequest;
pub use me::{DeviceAssignRequest, MeRequest, MeStartContactCenterSessionRequest};
pub use monitoring::{MonitoringAsked, MonitoringMode, MonitoringScope, PhoneName};
pub use operator::{DesktopRequest, QuarantineRequest};
pub use session::SessionRequest;
pub use state::{ChannelRequest, OwnStateRequest, StateRequest};
pub use supervision::{
    ChatMonitoring, ChatMonitoringMode, UserChannelAct, UserChannelRequest, UserSessionAct,
    UserSessionRequest,
};
pub use table::{Requests, Row};
pub use waiting::{WaitingChange, WaitingRequest};

use crate::body::Body;
use domain::Refusal;
use std::borrow::Cow;
use utoipa::ToSchema;

/// The requests of one address, as the API document shows them.
pub struct Family {
    /// The name of their union.
    pub name: Cow<'static, str>,
    /// Their rows.
    pub rows: Vec<Row>,
    /// Whether the states that a centre names itself are requests at this address, too.
    pub takes_states: bool,
    /// Whether a body is one of them, and if it is not, why.
    pub read: fn(&Body) -> Result<(), Refusal>,
}

impl Family {
    fn of<R: Requests + ToSchema>() -> Self {
        Self {
            name: R::name(),
            rows: R::rows(),
            takes_states: R::takes_states(),
            read: |body| R::read(body).map(drop),
        }
    }
}

/// Every family there is.
pub fn families() -> Vec<Family> {
    vec![
        Family::of::<SessionRequest>(),
        Family::of::<SessionsRequest>(),
        Family::of::<CallRequest>(),
        Family::of::<CallsRequest>(),
        Family::of::<MeRequest>(),
        Family::of::<ChannelRequest>(),
        Family::of::<DeviceRequest>(),
        Family::of::<UserChannelRequest>(),
        Family::of::<UserSessionRequest>(),
        Family::of::<WaitingRequest>(),
        Family::of::<QuarantineRequest>(),
        Family::of::<DesktopRequest>(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::DeserializeOwned;
    use serde_json::Value;
    use std::collections::BTreeSet;
    use utoipa::openapi::{RefOr, Schema};

    fn body(example: &Value) -> Body {
        Body::parse(example.to_string().as_bytes()).expect("a body")
    }

    #[test]
    fn every_row_reads_its_own_example_under_each_of_its_names_and_no_name_stands_twice() {
        for family in families() {
            let mut names = BTreeSet::new();
            for mut row in family.rows {
                for name in row.names {
                    assert!(names.insert(*name), "{}: {name}", family.name);
                    row.example["operationName"] = (*name).into();
                    assert_eq!((family.read)(&body(&row.example)), Ok(()), "{}: {name}", family.name);
                }
            }
        }
    }

    #[test]
    fn an_example_shows_every_member_that_has_to_be_there_and_no_other_than_those_described() {
        for row in families().into_iter().flat_map(|family| family.rows) {
            let RefOr::T(Schema::Object(schema)) = &row.schema else {
                panic!("{} is no object", row.component)
            };
            let shown: BTreeSet<&str> =
                row.example.as_object().into_iter().flat_map(|all| all.keys()).map(String::as_str).collect();
            for name in &schema.required {
                assert!(shown.contains(name.as_str()), "{}: {name}", row.component);
            }
            for name in shown {
                assert!(schema.properties.contains_key(name), "{}: {name}", row.component);
            }
        }
    }

    #[test]
    fn requests_without_an_operation_read_their_own_examples() {
        fn holds<T: ToSchema + DeserializeOwned>() {
            let RefOr::T(Schema::Object(schema)) = T::schema() else { panic!("{} is no object", T::name()) };
            assert!(!schema.examples.is_empty(), "{}", T::name());
            for example in schema.examples {
                assert!(body(&example).read::<T>().is_ok(), "{}: {example}", T::name());
            }
        }
        holds::<SessionMeasureRequest>();
        holds::<DeviceAssignRequest>();
        holds::<LoginRequest>();
        holds::<DispositionGroupRequest>();
        holds::<DispositionNameRequest>();
        holds::<DispositionCodeRequest>();
        holds::<DispositionCodeChangeRequest>();
        holds::<DispositionCodeRenameRequest>();
        holds::<DispositionCodeNameRequest>();
    }
}
